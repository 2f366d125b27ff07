"""The gateway that makes phone calls: what it is asked, how that is signed, and what is taken of what it says."""
