"""Who may do what and what may leave: rights, gates, redaction, identifiers taken out, sealing."""
