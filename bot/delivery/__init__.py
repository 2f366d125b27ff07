"""Gets what is in the outbox to its messenger: in order, paced, within reply windows, tried again, parked visibly.

What a message says is not decided here. Begin with `deliverer`, then `dispatch`; what an error means is in `retries`.
"""
