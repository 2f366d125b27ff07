"""The page of a secure case: asks what for, journals the read, then shows the entries in that one answer.

Nothing of tier 2 is on the page that asks, in an address, a title or a cache. What for holds for 15 minutes in this
session, by a signature in the forms; nothing is kept of it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from adapters.web.cases import case_view
from adapters.web.cases.case_pages import find, no_such_case, reader_of
from adapters.web.secure import secure_view
from adapters.web.site import page_words
from adapters.web.site.request_checks import new_token, signature, tokens_match
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.acts.secure_entries import read_entry, read_subject
from bot.acts.secure_visit import EntryAdded, SecureVisit
from bot.domain.case import Case
from bot.domain.errors import StorageError
from bot.domain.guarded import Guarded
from bot.domain.secure_entry import SecureField
from bot.intake.reading.result import Unclear
from bot.language.normalise import clean
from bot.language.texts import tr
from bot.line.message_work import PageAct
from bot.protection.secure_access import Purpose, may_read_secure, may_write_secure
from bot.protection.secure_forms import FORMS

GRANT_FOR = timedelta(minutes=15)
_WHY_LIMIT = 200  #: characters
#: What every form brings besides what was typed into it.
_HIDDEN = frozenset({"csrf", "once", "do", "grant", "until", "purpose", "why"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody opened a secure case for, and until when that holds."""

    purpose: Purpose
    why: str
    until: datetime

    def sign(self, site: Site, visit: Visit, case: Case) -> str:
        """Sign it for this session, case and person."""
        parts = (str(case.id), str(visit.person.id), self.purpose.value, self.why, _stamp(self.until))
        return signature(visit.session(site.settings), *parts)


async def ask(site: Site, visit: Visit) -> Response:
    """Ask what the secure case is opened for."""
    case = await _find(site, visit)
    return _ask(site, visit, case) if case else await no_such_case(site, visit)


async def enter(site: Site, visit: Visit) -> Response:
    """Open the secure case for a purpose, or add or release while the purpose holds."""
    case = await _find(site, visit)
    if case is None:
        return await no_such_case(site, visit)
    is_opening = visit.form.get("do") == "open"
    grant = _new_grant(visit) if is_opening else _brought_grant(site, visit, case)
    if grant is None:
        return _ask(site, visit, case, status=422, problem=_why_not(visit, is_opening=is_opening))
    made = SecureVisit(case.id, grant.purpose, grant.why)
    problem = _fill(made, visit)
    try:
        await site.submit(PageAct(made.act, visit.person.id, visit.address, (case.id,)))
    except StorageError:
        sentence = tr(visit.language, "This could not be recorded, so nothing is shown. Please try again.")
        return _ask(site, visit, case, status=503, problem=sentence)
    if not made.is_open:
        return await no_such_case(site, visit)
    return await _opened(site, visit, case, grant, made, problem)


async def _find(site: Site, visit: Visit) -> Case | None:
    case = await find(site, visit)
    return case if case and may_read_secure(visit.person, case, site.agreement) else None


def _new_grant(visit: Visit) -> Grant | None:
    named = visit.form.get("purpose", "")
    why = " ".join(clean(visit.form.get("why", "")).split())[:_WHY_LIMIT]
    if named not in {purpose.value for purpose in Purpose} or (named == Purpose.OTHER and not why):
        return None
    return Grant(Purpose(named), why if named == Purpose.OTHER else "", visit.now + GRANT_FOR)


def _brought_grant(site: Site, visit: Visit, case: Case) -> Grant | None:
    """Read the grant that a form brings back; None when it has lapsed or was given to somebody else."""
    named, until = visit.form.get("purpose", ""), visit.form.get("until", "")
    is_moment = until.isascii() and until.isdigit() and len(until) <= 10
    if named not in {purpose.value for purpose in Purpose} or not is_moment:
        return None
    grant = Grant(Purpose(named), visit.form.get("why", ""), datetime.fromtimestamp(int(until), UTC))
    is_ours = tokens_match(visit.form.get("grant", ""), grant.sign(site, visit, case))
    return grant if is_ours and visit.now <= grant.until else None


def _stamp(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _why_not(visit: Visit, *, is_opening: bool) -> str:
    if not is_opening:
        return tr(visit.language, "The 15 minutes are over. Say again what for; what you typed is kept.")
    if visit.form.get("purpose") == Purpose.OTHER:
        return tr(visit.language, "Please say in a line what for.")
    return tr(visit.language, "Please choose what you open it for.")


def _fill(made: SecureVisit, visit: Visit) -> str:
    """Take over what is to be added or released; answers with what is wrong with it."""
    number = visit.form.get("entry", "")
    if visit.form.get("do") == "release" and number.isascii() and number.isdigit() and len(number) < 10:
        made.releases = int(number)
    if visit.form.get("do") != "add":
        return ""
    field = _field(visit.form)
    subject, once = read_subject(visit.form.get("subject", "")), visit.form.get("once", "")
    if field is None or not once:
        return tr(visit.language, "Something is missing in this form. Nothing was sent; please fill it in.")
    if not subject:
        return tr(visit.language, "Which person? Please write a number from 1 to 999.")
    reading = read_entry(field, visit.form, visit.now.date(), visit.language)
    if isinstance(reading, Unclear):
        return reading.sentence
    made.adds = EntryAdded(field, Guarded(str(reading.value)), subject, once[:100])
    return ""


def _field(form: Mapping[str, str]) -> SecureField | None:
    named = form.get("field", "")
    return SecureField(named) if named in {field.value for field in FORMS} else None


def _ask(site: Site, visit: Visit, case: Case, *, status: int = 200, problem: str = "") -> Response:
    return site.pages.render(
        "secure_ask.html",
        visit.request,
        visit=visit,
        status=status,
        page="cases",
        case=case,
        problem=problem,
        purposes=page_words.secure_purposes(visit.language),
        chosen=visit.form.get("purpose", ""),
        why=visit.form.get("why", ""),
        kept=_typed(visit.form) if _field(visit.form) else {},
    )


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if name not in _HIDDEN}


async def _opened(site: Site, visit: Visit, case: Case, grant: Grant, made: SecureVisit, problem: str) -> Response:
    reader = await reader_of(site, visit)
    is_waiting = bool(problem) or visit.form.get("do") == "open"
    return site.pages.render(
        "secure.html",
        visit.request,
        visit=visit,
        status=422 if problem else 200,
        page="cases",
        case=case,
        problem=problem,
        said=made.said,
        groups=secure_view.groups(made.entries, case, reader),
        place=secure_view.place_of_operation(case, reader),
        forms=tuple(FORMS.values()) if may_write_secure(visit.person, case, site.agreement) else (),
        typed=_typed(visit.form) if is_waiting else {},
        form_id=new_token(),
        grant={
            "purpose": grant.purpose.value,
            "why": grant.why,
            "until": _stamp(grant.until),
            "grant": grant.sign(site, visit, case),
        },
        purpose=dict(page_words.secure_purposes(visit.language))[grant.purpose.value],
        until=case_view.moment(grant.until, case, site.agreement),
    )
