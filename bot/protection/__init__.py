"""Says who may do what, what may leave on which way and what a gate waits for; seals what people wrote.

One rule for each of these, asked by everybody else. Begin with `permissions`, `redaction_policy` and `gates`.
"""
