"""Which texts get a mark because no formal channel takes them as they are; English ones never do."""
