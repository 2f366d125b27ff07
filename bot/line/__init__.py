"""The one way in: every message, tap, tick and command becomes a turn here, and a batch of turns one transaction.

What a message means is not decided here. Begin with `line`; how a batch is computed is in `computing`, what it
reads in `batch_loader`, the kinds of work are in `message_work`.
"""
