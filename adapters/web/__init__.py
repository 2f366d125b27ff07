"""Everything over HTTP: webhooks, health, sign-in, web chat, case pages and export downloads."""
