"""What an e-mail address may look like: nothing that ends a line, begins a header or names a second reader. Pure."""

from __future__ import annotations

import re

_LONGEST = 254  #: characters, RFC 5321 4.5.3.1.3 without the angle brackets
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+", re.ASCII)


def is_mail_address(text: str) -> bool:
    """Whether this is one plain address, ``duty@example.org``: no name, no quotes, no comment, ASCII only."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None
