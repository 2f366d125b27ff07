"""What stands in the papers of the formal channels, who may be in them, and that nothing else ever is."""
