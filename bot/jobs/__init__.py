"""What runs by itself: the poller of what is due, exports, files, purges, digests, warnings, and when each runs.

A job holds no case: it finds what is to be done in the storage and puts it into the line. Begin with `schedule`, for
what the clock brings with `due_poller`.
"""
