"""Who has the duty of a desk when: shifts as files and on a page, going on and off duty, hand-over, and gaps.

Who is on duty at a moment is decided in `bot.domain.roster`, whom that lets be told in `bot.domain.recipients`.
Begin with `duty`; what the clock does about the roster is in `watch`, and files are read in `plan_file`.
"""
