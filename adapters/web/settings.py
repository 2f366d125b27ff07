"""What the web part must be told, as one frozen value. It reads no configuration by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.domain.push import PUSH_HOSTS
from bot.domain.sign_in import SESSION_IDLE, SESSION_LENGTH


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Settings of everything served over HTTP."""

    public_url: str  #: ``https://bridge.example``, as browsers reach it
    exports: Path  #: folder with finished exports
    trusted_proxies: tuple[str, ...] = ()  #: addresses or networks whose forwarded headers count
    session_length: timedelta = SESSION_LENGTH
    session_idle: timedelta = SESSION_IDLE
    confirm_every: timedelta = timedelta(days=90)  #: how long an enrolment holds until it is confirmed again
    hides_identifiers: bool = True  #: the chat shows nothing that points to a person, as on any other messenger
    version: str = ""  #: shown on the pages
    push_key: str = ""  #: with which browsers subscribe to be pushed to; empty: none are offered it
    push_hosts: tuple[str, ...] = PUSH_HOSTS  #: the push services that may be called
    metrics_token: str = ""  #: bearer token for /metrics from elsewhere; empty: loopback only

    @property
    def is_https(self) -> bool:
        """Whether browsers reach it over TLS: cookies are Secure then."""
        return self.public_url.startswith("https://")
