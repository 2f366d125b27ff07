"""What an e-mail address may look like: nothing that ends a line, begins a header or names a second reader. Pure."""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: One plain address as a whole, ``duty@example.org``: no name, no quotes, no comment, ASCII. Lengths: RFC 5321 4.5.3.1.
MAIL_ADDRESS = re.compile(rf"(?=.{{1,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+", re.ASCII)
