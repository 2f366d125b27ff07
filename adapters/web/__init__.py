"""Everything over HTTP: webhooks, health, sign-in, web chat, case pages and export downloads.

`server` is what speaks HTTP before any page, `site` what all pages share; `chat`, `board`, `cases`, `secure`,
`handoffs` and `exports` are pages. What a page shows is decided by the core. Begin with `routes`.
"""
