"""Which hosts only this machine reaches. Pure."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches such a host."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
