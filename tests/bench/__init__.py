"""Measures replies a second beside a plain bot and the bare limit, and the check of a long record: `make bench`."""
