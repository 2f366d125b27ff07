"""How a batch of turns comes down to rows, and how moments are kept."""
