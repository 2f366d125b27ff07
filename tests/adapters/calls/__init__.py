"""Calls out and webhooks in, as all messengers share them: how long, how large, and what an error may tell."""
