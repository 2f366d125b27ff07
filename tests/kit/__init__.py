"""What suites share: clock, people, databases, processes, waiting. Begin with `played` and `waiting`. No tests."""
