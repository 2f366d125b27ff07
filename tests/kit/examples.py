"""How many examples a test of "whatever happens" makes up: all it is for, or with `make quick` a tenth of them."""

from __future__ import annotations

import os

_IS_QUICK = bool(os.environ.get("CASEBRIDGE_TEST_QUICK"))


def examples(number: int) -> int:
    """The number for `max_examples`."""
    return max(5, number // 10) if _IS_QUICK else number
