"""E-mail to desks, against a mail server that can fail in every way that real ones have."""
