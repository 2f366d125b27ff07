"""Telegram, polling and by webhook, against our fake Bot API and one that we did not write."""
