"""The command line as an operator types it: what it prints, what it changes, and that no traceback comes out."""
