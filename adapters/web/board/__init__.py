"""The duty board: the open cases, with what is due next on each, on a screen that stands open all night."""
