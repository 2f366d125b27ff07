"""Who is asking and whether the question is theirs: proxies, origins, tokens. Pure but for randomness."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


def new_token() -> str:
    """Make an unguessable token, fit for a URL: 32 random bytes."""
    return secrets.token_urlsafe(32)


def csrf_token(session_token: str) -> str:
    """Derive the token that every form of a session carries; it says nothing about the session's own."""
    return hmac.new(session_token.encode(), b"casebridge form", hashlib.sha256).hexdigest()


def signature(session_token: str, *parts: str) -> str:
    """Sign what a form brings back, so that it counts in this session only and as it was given out."""
    text = "\0".join(("casebridge grant", *parts))
    return hmac.new(session_token.encode(), text.encode(), hashlib.sha256).hexdigest()


def tokens_match(one: str, other: str) -> bool:
    """Compare in constant time; two empty ones never match."""
    return bool(one) and hmac.compare_digest(one.encode(), other.encode())


def _as_ip(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class Proxies:
    """The reverse proxies whose word about the client counts. From anybody else it is ignored."""

    def __init__(self, trusted: Iterable[str]) -> None:
        """Take addresses or networks; raises ValueError for anything else."""
        self._networks = tuple(ip_network(entry, strict=False) for entry in trusted)

    def trusts(self, address: str) -> bool:
        """Whether this is one of the proxies."""
        ip = _as_ip(address)
        return ip is not None and any(ip in network for network in self._networks)

    def client(self, connection: HTTPConnection) -> str:
        """Return the real client's address; empty when it is not known.

        Read from the right: everything left of the first address that is no proxy of ours may be made up.
        """
        peer = connection.client.host if connection.client else ""
        if not self.trusts(peer):
            return peer
        hops = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
        for hop in reversed([h.strip() for h in hops if h.strip()]):
            if not self.trusts(hop):
                return hop
        return peer

    def scheme(self, connection: HTTPConnection) -> str:
        """Return the scheme that the browser used."""
        peer = connection.client.host if connection.client else ""
        forwarded = connection.headers.get("x-forwarded-proto", "") if self.trusts(peer) else ""
        return forwarded if forwarded in ("http", "https") else connection.url.scheme

    def is_local(self, connection: HTTPConnection) -> bool:
        """Whether the request comes from this machine itself, through no proxy that we do not know."""
        peer = connection.client.host if connection.client else ""
        if not self.trusts(peer) and any(name in connection.headers for name in _FORWARDED):
            return False
        ip = _as_ip(self.client(connection))
        return ip is not None and ip.is_loopback


def is_same_origin(connection: HTTPConnection, public_url: str, scheme: str) -> bool:
    """Whether a form was sent from a page of ours.

    Our pages send no referrer, and browsers then write ``Origin: null``: what counts is Sec-Fetch-Site, which
    scripts cannot set. Without either (old browsers, plain HTTP), the form's own token has to do.
    """
    origin = connection.headers.get("origin", "null")
    if origin != "null":
        return origin in (origin_of(public_url), f"{scheme}://{connection.headers.get('host', '')}")
    return connection.headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def origin_of(url: str) -> str:
    """Return the origin of a URL: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
