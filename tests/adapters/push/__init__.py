"""Web Push: what a browser's push service gets of us, and what becomes of a browser that is gone."""
