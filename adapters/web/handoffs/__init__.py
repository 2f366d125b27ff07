"""What the one-time links about a hand-off open, without a sign-in: its papers, or the form of a receipt.

Each is about one hand-off, and leads nowhere else. Begin with `receipt_page`.
"""
