"""How the outbox is worked off: one dispatcher a messenger, its lanes, pacing, and what an error means."""
