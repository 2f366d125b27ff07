"""Who is heard first, and how much may wait to be heard."""
