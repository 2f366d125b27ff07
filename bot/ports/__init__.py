"""The contracts of what the core asks of the storage and of messengers, documented here and nowhere else.

Nothing is implemented here. Begin with `storage` and `messengers`.
"""
