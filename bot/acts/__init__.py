"""What can be done to a case: acknowledge, assign, hand off, accept, close and all else, one function each.

Who may do it is for `bot.protection.permissions` to say. Begin with `act_table`, then `request`.
"""
