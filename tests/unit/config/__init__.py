"""The configuration: every mistake in it is told at once, and the example holds every key."""
