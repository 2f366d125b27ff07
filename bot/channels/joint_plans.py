"""The plan of a joint operation in words, and the reminder when it is near and a side has not confirmed it.

It is the reporting side's plan as far as that may cross: a side to which the border is closed knows of none. Exact
places are read in the secure case; what goes by messenger, and stands on the page, is the area.
"""

from __future__ import annotations

from datetime import timedelta

from bot.clock import deadlines
from bot.clock.alerts import act_button
from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case, DeadlineKind
from bot.domain.case_acts import Act
from bot.domain.fields import field
from bot.domain.frozen import replace
from bot.domain.joint_operation import Plan
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard, OutgoingKind
from bot.domain.names import link, moment, rows, urgency_name
from bot.domain.people import Directory, Person
from bot.domain.recipients import at_desks, shown_as
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.redaction_policy import Way, answer_for, name_for, plan_area, sees_plan
from bot.protection.standings import Reader
from bot.turns.composer import Composer

#: So long before the operation both sides must have confirmed its plan.
CONFIRMED_BEFORE = timedelta(days=1)

Line = tuple[str, str]  #: label and what is said


def parties_of(case: Case, agreement: Agreement, way: Way) -> tuple[str, ...]:
    """The sides for which the plan is, the reporting one first."""
    both = filter(None, (case.reporting, case.requested))
    return tuple(party for party in both if sees_plan(case, Reader(party), way, agreement))


def lines(
    case: Case, reader: Reader, way: Way, agreement: Agreement, directory: Directory, language: str
) -> list[Line]:
    """Write a plan label by label: when, where, with whom, which version, and what waits for whose confirmation."""
    plan = case.plan
    if not sees_plan(case, reader, way, agreement):
        return []
    unknown = tr(language, "not said yet")
    starts = plan.starts_at if plan is not None else None
    found = [
        (tr(language, "When"), moment(starts, case, agreement) if starts else unknown),
        (tr(language, "Where"), _where(case, reader, way, agreement, language) or unknown),
        (tr(language, "Liaison officers"), liaisons(case, reader, way, directory) or tr(language, "none named yet")),
    ]
    if plan is not None:
        by = directory.get(plan.by)
        who = shown_as(by, agreement) if by is not None else plan.party
        said = tr(language, "{number}, by {who}, {when}", number=len(case.plans), who=who,
                  when=moment(plan.at, case, agreement))  # fmt: skip
        found.append((tr(language, "Version"), said))
        found += [(party, _confirmed(case, plan, party, agreement, directory, language))
                  for party in (case.reporting, case.requested) if party]  # fmt: skip
    return found


def _where(case: Case, reader: Reader, way: Way, agreement: Agreement, language: str) -> str:
    """The area, and that there is an exact place in the secure case."""
    plan = case.plan
    if plan is None or not plan.where:
        return ""
    area = plan_area(plan, case, reader, way, agreement) or answer_for(field("area"), case, reader, way, agreement)
    exact = tr(language, "the exact place is in the secure case")
    return f"{area}; {exact}" if area else exact


def liaisons(case: Case, reader: Reader, way: Way, directory: Directory) -> str:
    """Name the liaison officers of both sides, each as far as a reader may know."""
    people = (directory.get(person) for person in case.liaisons)
    return ", ".join(_liaison(person, reader, way) for person in people if person is not None)


def _liaison(person: Person, reader: Reader, way: Way) -> str:
    shown, name = f"{person.party} {person.role.value}", name_for(person, reader, way)
    return f"{name} ({shown})" if name else shown


def _confirmed(case: Case, plan: Plan, party: str, agreement: Agreement, directory: Directory, language: str) -> str:
    said = plan.confirmed_by(party)
    if said is None:
        return tr(language, "has not confirmed this version: /operation {reference} confirm", reference=case.reference)
    by = directory.get(said.by)
    return tr(language, "confirmed by {who}, {when}", who=shown_as(by, agreement) if by is not None else party,
              when=moment(said.at, case, agreement))  # fmt: skip


def keyboard(case: Case, language: str, *, may_confirm: bool) -> Keyboard:
    """The buttons under a plan."""
    plan = case.plan
    acts = [(tr(language, "Confirm"), "confirm")] if may_confirm and plan is not None and plan.is_whole else []
    acts += [(tr(language, "When"), "when"), (tr(language, "Where"), "where")]
    return rows([act_button(case, label, Act.OPERATION, part) for label, part in acts])


def watched(c: Composer, case: Case) -> Case:
    """Let the clock look when a plan is near that a side has not confirmed; not where both have."""
    plan = case.plan
    case = deadlines.stop(case, DeadlineKind.OPERATION, c.now)
    if plan is None or plan.starts_at is None or not plan.waits_for(case.reporting, case.requested):
        return case
    soonest = c.now + case.policy(c.context.agreement).repeat
    at = max(plan.starts_at - CONFIRMED_BEFORE, soonest)
    if at >= plan.starts_at:
        return case  # whoever changed it heard at once what waits for whom
    return deadlines.arm(case, DeadlineKind.OPERATION, at, c.context.new_id, now=c.now)


def due(c: Composer, case: Case, deadline_id: int) -> None:
    """Tell both duty desks, once for each version, that the operation is near and not confirmed."""
    timer, plan = deadlines.fallen_due(case, deadline_id, c.now), case.plan
    if timer is None:
        return
    case = deadlines.look_at(case, DeadlineKind.OPERATION, None)  # it runs on: once both confirmed, nothing is sent
    waiting = plan.waits_for(case.reporting, case.requested) if plan is not None else ()
    if plan is not None and plan.starts_at is not None and waiting and case.is_open:
        agreement = c.context.agreement
        when = moment(plan.starts_at, case, agreement)
        words = tr("en", "The joint operation is planned for {when}, and not confirmed by {parties}. /operation "
                   "{reference} confirm, or change it. {link}", when=when, parties=", ".join(waiting),
                   reference=case.reference, link=link(c.context.public_url, case))  # fmt: skip
        parties = parties_of(case, agreement, Way.PING)
        told = [r for party in parties for r in at_desks(agreement, c.view.directory, party, DeskRole.DUTY)]
        c.tell(told, key_of(case, agreement, f"plan:{plan.id}"),
               f"{urgency_name(case.urgency, 'en')} · {case.reference}\n{words}", kind=OutgoingKind.PING, case=case,
               buttons=keyboard(case, "en", may_confirm=True), deadline_id=deadline_id)  # fmt: skip
        c.journal(JournalAct.PLAN_UNCONFIRMED, case)
    c.put(case)


def key_of(case: Case, agreement: Agreement, what: str) -> str:
    """Name a message about the plan; where it may not cross, the other side's view never shows that it was sent."""
    crosses = case.requested in parties_of(case, agreement, Way.RELAY)
    return f"case:{case.id}:operation:{what}" if crosses else gates.key_of(case, f"operation:{what}")


def with_plan(case: Case, plan: Plan) -> Case:
    """Put a version in its place among those of a case."""
    others = (each for each in case.plans if each.id != plan.id)
    return replace(case, plans=tuple(sorted((*others, plan), key=lambda each: each.id)))
