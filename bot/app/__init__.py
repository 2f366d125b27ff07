"""Puts the bridge together: configuration, storage, messengers and the wall clock meet here and nowhere else.

Nothing is decided here, and nobody but the command line imports it. Begin with `assembly`, then `bridge`.
"""
