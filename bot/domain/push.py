"""A browser that is told when its page is closed, and which push services may be called for that. Values only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

#: The push services of Chrome and what is built on it, of Firefox, of Edge, of Safari.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
#: One host, or with ``*.`` every host below one; never a whole top-level domain, nor a machine's number.
HOST_PATTERN = r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?"
SUBSCRIPTIONS_EACH = 5  #: browsers of one person; the oldest goes when there are more
KEPT_FOR = timedelta(days=90)  #: since the person last opened the list in that browser
_ENDPOINT_LIMIT = 1_000  #: characters
_PUBLIC_KEY = re.compile(r"B[A-Za-z0-9_-]{86}")  #: an uncompressed point of P-256, 65 bytes in base64url
_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")  #: 16 bytes


@dataclass(frozen=True, slots=True)
class Subscription:
    """One browser of one person, as its push service and the browser itself gave it to us."""

    person_id: int
    session_hash: str  #: the session it was made in: whoever signs out there is told no more
    created_at: datetime
    endpoint: str = field(repr=False)  #: whoever knows it can call the browser
    public_key: str = field(repr=False)
    secret: str = field(repr=False)
    last_ok_at: datetime | None = None  #: when its push service last took something

    @property
    def endpoint_hash(self) -> str:
        """Its name in the storage; the endpoint is random, so a plain SHA-256 is enough."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()


def may_be_called(endpoint: str, hosts: Iterable[str]) -> bool:
    """Whether an address that a browser gave is one of a push service: nothing else is ever called."""
    if len(endpoint) > _ENDPOINT_LIMIT or not endpoint.isascii() or re.search(r"[\s\x00-\x20\x7f\\]", endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    is_plain = "@" not in parts.netloc and port in (None, 443) and not parts.fragment and parts.path not in ("", "/")
    return parts.scheme == "https" and is_plain and any(_is_at(parts.hostname or "", each) for each in hosts)


def are_keys(public_key: str, secret: str) -> bool:
    """Whether these have the shape of the keys that a browser makes."""
    return bool(_PUBLIC_KEY.fullmatch(public_key) and _SECRET.fullmatch(secret))


def _is_at(host: str, pattern: str) -> bool:
    if not re.fullmatch(HOST_PATTERN.removeprefix(r"(\*\.)?"), host):
        return False
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
