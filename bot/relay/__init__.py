"""Carries what is written to a case to the people of that case on the other side, each on their own messenger.

What may cross is for `bot.protection.redaction_policy` to say. Begin with `relay`.
"""
