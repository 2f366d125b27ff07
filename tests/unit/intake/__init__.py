"""How answers are read: pasted blocks, countries, times as people type them."""
