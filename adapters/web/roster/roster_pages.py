"""The page of the roster of the visitor's side: shown to its desks, changed by its supervisors and admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.web.site.sign_in_pages import redirect
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit, is_number
from bot.domain.agreement import Agreement, Desk
from bot.domain.people import Directory, Person, Role
from bot.domain.roster import Shift
from bot.language.texts import tr
from bot.line.message_work import PageAct
from bot.protection.permissions import is_support
from bot.roster.changes import may_plan
from bot.roster.gaps import duty_of, gaps
from bot.roster.single_change import Given, TakenOut, to_choose
from bot.roster.words import local, name_of, names, span_of

_READERS = (Role.DUTY, Role.SUPERVISOR, Role.ADMIN)
_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ShownShift:
    """A shift as a line of the page."""

    id: int
    name: str
    span: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class ShownDesk:
    """A desk with who is on duty, who comes, and when nobody does."""

    name: str
    on: str
    is_kept: bool  #: whether it has shifts at all
    shifts: Sequence[ShownShift]
    gaps: Sequence[str]
    left: Sequence[str]  #: who has left, and nobody has taken over


async def show(site: Site, visit: Visit) -> Response:
    """Show the roster of the own side."""
    if visit.person.role not in _READERS:
        return site.pages.error(visit.request, 404)
    return await _page(site, visit)


async def change(site: Site, visit: Visit) -> Response:
    """Give somebody a shift or take one out, through the one way in."""
    if not may_plan(visit.person, visit.person.party):
        return site.pages.error(visit.request, 404)
    made = _made(visit)
    await site.submit(PageAct(made.act, visit.person.id, visit.address))
    if made.problem:
        return await _page(site, visit, problem=made.problem)
    return redirect(site, "/roster")


def _made(visit: Visit) -> Given | TakenOut:
    form = visit.form
    match form.get("do"):
        case "give":
            return Given(form.get("person", ""), form.get("starts", ""), form.get("ends", ""))
        case "take" if is_number(form.get("shift", "")):
            return TakenOut(int(form["shift"]))
    raise HTTPException(400)


async def _page(site: Site, visit: Visit, *, problem: str = "") -> Response:
    directory = (await site.storage.directory()).as_of(visit.now)
    party, now = visit.person.party, visit.now
    desks = [desk for desk in _shown_to(visit.person, site.agreement) if directory.members(desk.id)]
    side = site.agreement.parties[party]
    return site.pages.render(
        "roster.html",
        visit.request,
        visit=visit,
        status=422 if problem else 200,
        page="roster",
        desks=[_desk(desk, directory, site, visit, now) for desk in desks],
        zone=side.city,
        may_change=may_plan(visit.person, party),
        people=[(directory.short(p), p.name, p.desk) for p in to_choose(directory, party)],
        kept={name: visit.form.get(name, "") for name in ("person", "starts", "ends")},
        problem=problem,
    )


def _shown_to(person: Person, agreement: Agreement) -> list[Desk]:
    """All desks of somebody's side; to a support desk, which is told of referrals only, itself alone."""
    own = [desk for desk in agreement.desks.values() if desk.party == person.party]
    return [desk for desk in own if desk.id == person.desk] if is_support(person, agreement) else own


def _desk(desk: Desk, directory: Directory, site: Site, visit: Visit, now: datetime) -> ShownDesk:
    people = duty_of(desk, directory)
    shifts = sorted((s for s in directory.roster.shifts if s.desk == desk.id and s.ends_at > now), key=_by_time)
    is_kept = any(map(directory.shifts_beside, people))
    spans = gaps(desk, directory, now, now + _AHEAD) if is_kept else []
    left = [h for h in directory.roster.hand_overs if h.is_open and h.desk == desk.id and h.ends_at <= now]
    return ShownDesk(
        name=desk.name,
        on=names(person for person in people if directory.is_on_duty(person, now)),
        is_kept=is_kept,
        shifts=[_shift(shift, directory, site, visit, now) for shift in shifts],
        gaps=[f"{local(a, desk.party, site.agreement)} - {local(b, desk.party, site.agreement)}" for a, b in spans],
        left=[name_of(h.person_id, directory, visit.language) for h in left],
    )


def _shift(shift: Shift, directory: Directory, site: Site, visit: Visit, now: datetime) -> ShownShift:
    person = directory.get(shift.person_id)
    name = name_of(shift.person_id, directory, visit.language)
    if person is not None and not person.is_active:
        name = tr(visit.language, "{name} (cut off)", name=name)
    return ShownShift(shift.id, name, span_of(shift, visit.person.party, site.agreement), shift.runs_at(now))


def _by_time(shift: Shift) -> tuple[datetime, int]:
    return (shift.starts_at, shift.id)
