"""Where somebody is signed in: their own sessions, listed and ended by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.responses import Response

from adapters.web.site.sign_in_pages import redirect
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.domain.people import WebSession
from bot.domain.sign_in import hash_token
from bot.domain.time_words import both_times

_OTHERS = "others"
_NAME_LENGTH = 16  #: signs of a token's hash: enough to tell a person's sessions apart, of no use to sign in

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShownSession:
    """One session as its owner sees it."""

    name: str
    began: str
    used: str
    is_this: bool


async def show(site: Site, visit: Visit) -> Response:
    """List where the visitor is signed in."""
    sessions = [_shown(site, visit, each) for each in await _own(site, visit)]
    return site.pages.render("sessions.html", visit.request, visit=visit, page="sessions", sessions=sessions)


async def end(site: Site, visit: Visit) -> Response:
    """End one of the visitor's other sessions, or all others; the one in use is ended by signing out."""
    wanted = visit.form.get("session", "")
    for each in await _own(site, visit):
        if not _is_this(site, visit, each) and wanted in (_OTHERS, _name(each)):
            await site.storage.end_session(each.token_hash)
            log.info("Somebody ended a session of theirs", person_id=visit.person.id)
    return redirect(site, "/sessions")


async def _own(site: Site, visit: Visit) -> list[WebSession]:
    return await site.storage.sessions_of(visit.person.id, visit.now, site.settings.session_idle)


def _name(session: WebSession) -> str:
    return session.token_hash[:_NAME_LENGTH]


def _is_this(site: Site, visit: Visit, session: WebSession) -> bool:
    return session.token_hash == hash_token(visit.session(site.settings))


def _shown(site: Site, visit: Visit, session: WebSession) -> ShownSession:
    def said(moment: datetime) -> str:
        party = site.agreement.parties.get(visit.person.party)
        return both_times(moment, [party] if party else [])

    return ShownSession(_name(session), said(session.began_at), said(session.used_at), _is_this(site, visit, session))
