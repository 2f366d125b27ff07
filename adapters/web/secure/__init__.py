"""The page of a secure case: asks what for, journals that, and shows the entries in that one answer.

Who may open it is for `bot.protection.secure_access` to say. Begin with `secure_page`.
"""
