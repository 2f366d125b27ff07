"""The real program is killed in the middle of its work, and its disk fails: nothing is lost, doubled or forgotten."""
