"""Asks an officer for the facts of a case, one question at a time, and keeps every answer.

How typed words become values is in `reading`; the questions themselves are data. Begin with `open_case`, then
`interview`; words that wait for "which case?" are in `held_words`.
"""
