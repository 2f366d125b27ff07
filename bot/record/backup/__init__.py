"""One file that holds all that a bridge keeps but its keys: written, read back, taken apart.

Nothing here opens a database or knows where things belong. Begin with `archive`.
"""
