"""Shifts as people write them: zones whose clocks change or are odd."""
