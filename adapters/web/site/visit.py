"""One request of somebody who is signed in: who they are, what their form holds. Reads nothing from the storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from adapters.web.settings import WebSettings
from adapters.web.site.uploads import Upload
from bot.domain.messages import Address
from bot.domain.people import Person


def is_number(text: str) -> bool:
    """Whether somebody else's text is a whole number that an id can be: thousands of figures are none."""
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) < 1 << 63


def cookie_name(settings: WebSettings) -> str:
    """Name the session cookie; the prefix makes browsers insist on Secure, host-only and the whole path."""
    return "__Host-casebridge" if settings.is_https else "casebridge"


def papers_cookie_name(settings: WebSettings) -> str:
    """Name the cookie that opens the papers of one hand-off for a few minutes."""
    return f"{cookie_name(settings)}-papers"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    request: Request
    person: Person
    csrf: str
    now: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None

    @property
    def address(self) -> Address:
        """The visitor's address in web chat."""
        return Address("web", str(self.person.id))

    @property
    def language(self) -> str:
        """The visitor's language."""
        return self.person.language

    def session(self, settings: WebSettings) -> str:
        """The token of the visitor's session."""
        return self.request.cookies.get(cookie_name(settings), "")

    @property
    def has_script(self) -> bool:
        """Whether the page asked by script, for a part of itself."""
        return self.request.headers.get("hx-request") == "true"

    def number(self, name: str, default: int = 0) -> int:
        """Read a non-negative number of the query; anything else is the default."""
        text = self.request.query_params.get(name, "")
        return int(text) if is_number(text) else default
