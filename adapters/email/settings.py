"""How the e-mail adapter is set, and what it declares that e-mail can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address

from bot.domain.messages import Capabilities

MESSENGER = "email"
_TLS_PORT = 465  #: RFC 8314 3.3

CAPABILITIES = Capabilities(
    text_limit=100_000,  # ours: mail servers limit the whole message only, mostly to 10 MB or more
    buttons=False,
    receives=False,
)


class Security(StrEnum):
    """How the way to the mail server is kept from others' eyes."""

    STARTTLS = "starttls"  #: asked for first of all; a server that does not offer it gets nothing
    TLS = "tls"  #: from the first byte
    PLAIN = "plain"  #: nothing; to a server on this machine only


def security_of(host: str, port: int) -> Security:
    """Say how a mail server must be spoken to."""
    if port == _TLS_PORT:
        return Security.TLS
    return Security.PLAIN if is_this_machine(host) else Security.STARTTLS


def is_this_machine(host: str) -> bool:
    """Whether what goes to this host leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds; all together below what the deliverer gives a send."""

    turn: float = 4.0  #: for one of the few connections
    step: float = 10.0  #: for the connection, and for each answer; servers let strangers wait for the first one
    whole: float = 20.0  #: for one message from first to last, however slowly the server drips


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """One account at one mail server."""

    host: str
    port: int
    sender: str
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    public_url: str = ""  #: where the pages of cases are
    connections: int = 3  #: at a time
    patience: Patience = Patience()

    @property
    def domain(self) -> str:
        """The sender's, in which the ids of messages are ours to give."""
        return self.sender.partition("@")[2]
