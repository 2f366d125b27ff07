"""The values that everything speaks of: case, message, person, agreement, turn; and the rules that need nothing else.

Frozen values and pure functions; no I/O but the data files read once. Begin with `case` and `turn`.
"""
