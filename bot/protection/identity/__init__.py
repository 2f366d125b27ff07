"""Finds in a text what would tell who or where somebody is, and covers it.

Pure: the same answer for the same text. Begin with `detector`.
"""
