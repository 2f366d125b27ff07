"""A constant piece of work: how fast this machine is just now, whatever else runs on it."""

from __future__ import annotations

import hashlib
import json
import time

_TIMES = 20_000  #: about a second of an ordinary processor
_WORDS = {f"field {n}": ["locked in", n, "Jiangxi, Nanchang", None] for n in range(20)}


def calibrate() -> float:
    """Seconds of processor time that the piece of work took: objects, texts and hashes, as a bridge makes them."""
    started = time.thread_time()
    seal = b""
    for number in range(_TIMES):
        text = json.dumps(_WORDS | {"number": number})
        read = json.loads(text)
        joined = "".join(sorted(f"{key}:{value}" for key, value in read.items()))
        seal = hashlib.sha256(seal + joined.encode()).digest()
    return time.thread_time() - started
