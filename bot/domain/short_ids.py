"""Short names for enrolled people, ``P-7K3QM``, in place of their ids of eighteen figures. Pure.

A name is told by the id alone, so nothing is stored: it begins a digest of it, and is as long as it must be to be
nobody else's. Wherever one is typed, the whole id is understood too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from bot.domain.reference import ALPHABET
from bot.language.normalise import whole_number

_LEAST, _MOST = 5, 12  #: signs behind the P
#: The hyphen must be there: "Phalla" is a name of its own.
_TYPED = re.compile(rf"\s*P[\-\u2010-\u2015]([0-9A-Z]{{{_LEAST},{_MOST}}})\s*", re.IGNORECASE | re.ASCII)
_MENDED = str.maketrans("ILO", "110")  #: letters that look like figures are in no name


def shown(person_id: int, everybody: Iterable[int]) -> str:
    """Write the short name of a person among these."""
    code = _code(person_id)
    others = [_code(other) for other in everybody if other != person_id]
    length = next((n for n in range(_LEAST, _MOST) if not any(o.startswith(code[:n]) for o in others)), _MOST)
    return f"P-{code[:length]}"


def is_one(text: str) -> bool:
    """Whether a text has the shape of a short name or of a whole id."""
    return whole_number(text) is not None or _TYPED.fullmatch(text) is not None


def find(text: str, everybody: Iterable[int]) -> int | None:
    """Find whom a short name or a whole id names among these; None for nobody, and where it could be several."""
    number, typed = whole_number(text), _TYPED.fullmatch(text)
    if number is not None:
        return number if number in everybody else None
    if typed is None:
        return None
    begins = typed[1].upper().translate(_MENDED)
    found = [person_id for person_id in everybody if _code(person_id).startswith(begins)]
    return found[0] if len(found) == 1 else None


@lru_cache(4096)
def _code(person_id: int) -> str:
    digest = int.from_bytes(hashlib.blake2b(person_id.to_bytes(8, "big"), digest_size=8).digest(), "big")
    return "".join(ALPHABET[digest >> 5 * place & 31] for place in range(_MOST))
