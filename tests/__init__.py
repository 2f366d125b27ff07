"""What is promised, as tests: one suite for each kind of promise.

Which proves what, and how to write one: `tests/README.md`.
"""
