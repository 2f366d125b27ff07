"""Knows what is due and whom to tell: deadlines, the ladder of an escalation, the alert.

It has no clock of its own: the moment is an argument. Begin with `deadlines`; who is pinged is in `escalation_ladder`.
"""
