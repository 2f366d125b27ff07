"""Attacks, each through every way in there is; each defence is taken out in turn to see them turn red."""
