"""Who may use the bridge: enrolment, addresses, changes, confirming again, cutting off, and who takes over.

What a person may do to a case is in `bot.protection.permissions`. Begin with `enrolment`; who is
not enrolled is answered in `strangers`, what ends with a person in `revocation`.
"""
