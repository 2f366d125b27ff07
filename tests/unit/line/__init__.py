"""Who is heard first, how much may wait to be heard, and how it is known whether what is written is stored."""
