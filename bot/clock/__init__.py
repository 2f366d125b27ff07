"""Knows what is due and whom to tell: deadlines, the ladder of an escalation, the alert.

It has no clock of its own: the moment is an argument. Begin with `deadlines`; what happens when one is missed is in
`when_due`, whom it reaches in `escalation_ladder`, how often in `rungs`, what a ping says in `pings`.
"""
