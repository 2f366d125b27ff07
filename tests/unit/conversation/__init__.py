"""What is meant by a number that somebody types."""
