"""Finds out what somebody means by a message, from who wrote it, where they stand and what was last asked.

It does nothing to a case itself: that is for `acts`, `people`, `intake` and `relay`. Begin with `respond`; what
plain words are is found out in `plain_words`, and what is done once it is known which case waiting words belong to in
`placing_words`.
"""
