"""The pages and the web chat as a client without a browser sees them: who gets what, forms, limits, headers."""
