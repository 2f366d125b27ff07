"""What stands in for other people's servers, and in memory for ours: real protocols, faults on demand. No tests."""
