"""Finds in a text what would tell who or where somebody is, and covers it; compares two names.

Pure: the same answer for the same text. Begin with `detector`, and for names with `alike`.
"""
