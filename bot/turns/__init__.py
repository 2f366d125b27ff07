"""Collects what one message changes into one value, a turn, over a view of what is known.

It does no I/O and decides nothing. Begin with `composer`.
"""
