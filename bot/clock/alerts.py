"""Telling the desks of a case: the first alert, a new one when urgency rises, and keeping it up to date. Pure.

What of a case an alert carries is for `bot.protection.redaction_policy` to say; other texts are read on the page.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.clock import deadlines, unacknowledged
from bot.domain import button_data
from bot.domain.agreement import Agreement, DeskRole, Urgency
from bot.domain.case import Case, DeadlineKind
from bot.domain.case_acts import Act
from bot.domain.fields import field, is_field, show
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Button, Keyboard, OutgoingKind
from bot.domain.names import link, moment, reasons, rows, sides, urgency_name
from bot.domain.recipients import Recipient, at_desks, at_duty_desks, can_be_reached, supervisors, unique
from bot.domain.understood import confirmed, doubt, understood
from bot.language.texts import tr
from bot.protection.in_english import beside
from bot.protection.redaction_policy import Matter, Showing, Way, answers, decide
from bot.protection.seen_by import seen_by
from bot.protection.shown_persons import persons
from bot.protection.standings import Reader, standing_to_all
from bot.turns.composer import Composer

_FIRST_THREE = frozenset({"danger_now", "situation", "age_group"})


def after_answer(c: Composer, case: Case, before: Urgency) -> Case:
    """Do what an answer calls for: alert now, alert again at a rise, or bring the alert up to date soon.

    A rise counts from the urgency before the answer: the level of the last alert may have been higher meanwhile.
    """
    if case.alerted_at is None:
        return tell(c, case) if _is_time(case) else case
    if _has_risen(case) or _is_unknown_to_requested(case):
        return tell(c, case)
    if case.urgency.is_above(before):
        return tell(c, deadlines.begin_anew(case, DeadlineKind.ALERT))
    alert = case.deadline(DeadlineKind.ALERT)
    if alert is not None and alert.next_at is not None:
        return case
    return deadlines.look_at(case, DeadlineKind.ALERT, c.now + deadlines.REFRESH_AFTER)


def on_timer(c: Composer, case: Case) -> Case:
    """The alert's moment has come: tell the desks, or bring what they have up to date."""
    timer, restored = case.deadline(DeadlineKind.ALERT), c.context.restored
    planned = timer.next_at if timer is not None else None
    may_repeat = restored is not None and planned is not None and restored.is_in_gap(planned)
    case = deadlines.look_at(case, DeadlineKind.ALERT, None)
    return tell(c, case, may_repeat=True) if may_repeat and case.alerted_at is None else told(c, case)


def told(c: Composer, case: Case) -> Case:
    """Tell the desks, or bring what they have up to date."""
    if case.alerted_at is None:
        return tell(c, case)
    refresh(c, case)
    return case


def tell(c: Composer, case: Case, *, may_repeat: bool = False) -> Case:
    """Send the alert to the requested duty desk (once it is known) and always to the own one."""
    lead = tr("en", "This alert may be a repeat: the bridge was restored from a backup.") if may_repeat else ""
    told: list[Recipient] = []
    for party in (case.requested, case.reporting):
        found = desk_of(c, party) if party else ()
        told += _send(c, case, party, found, lead)
        if party and not can_be_reached(found):
            unacknowledged.alarm(c, case, party)
    c.journal(JournalAct.ALERTED, case, urgency=case.urgency.value, recipients=[r.name for r in told])
    return replace(
        deadlines.look_at(case, DeadlineKind.ALERT, None),
        alerted_at=case.alerted_at or c.now,
        alerted_requested_at=case.alerted_requested_at or (c.now if case.requested else None),
        alerted_urgency=case.urgency,
    )


def refresh(c: Composer, case: Case, *, before: Case | None = None) -> None:
    """Bring the alert up to date where the messenger can change a message.

    Where it is known how a case of several persons was `before`, a side to which nothing of it is news gets nothing.
    """
    if case.alerted_at is None or not case.is_open:
        return
    for party in filter(None, (case.requested, case.reporting)):
        if before is not None and case.apart and _says(c, before, party) == _says(c, case, party):
            continue
        c.tell(
            desk_of(c, party),
            f"case:{case.id}:edit:{c.inbox_id}",
            text(case, party, c.context.agreement, c.context.public_url),
            kind=OutgoingKind.EDIT,
            case=case,
            buttons=keyboard(case, party),
            replaces=_key(case, case.alerted_urgency or case.urgency),
        )


def _says(c: Composer, case: Case, party: str) -> tuple[str, Keyboard]:
    return text(case, party, c.context.agreement, c.context.public_url), keyboard(case, party)


def flag_country(c: Composer, case: Case) -> Case:
    """Tell both desks and the supervisors when the person is in a country outside the corridor."""
    country = confirmed(case, "country")
    if not case.requested:
        return case  # the corridor is not known yet: looked at again when the side is chosen
    agreement = c.context.agreement
    inside = {country for party in sides(case, agreement) for country in party.countries}
    if not isinstance(country, str) or country in inside or country in ("unknown", case.flagged_country):
        return case
    words = tr(
        "en",
        "{urgency} · {reference}: the person is in {country}, which is outside this corridor. Police of neither "
        "side can "
        "act there: please decide who tells that country. {link}",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        country=show(field("country"), country, "en"),
        link=link(c.context.public_url, case),
    )
    people = unique(
        r
        for party in (case.requested, case.reporting)
        for r in (
            *at_desks(agreement, c.view.directory, party, DeskRole.DUTY),
            *supervisors(c.view.directory, party),
        )
    )
    c.tell(people, f"case:{case.id}:country:{country}:{c.inbox_id}", words, case=case)
    c.journal(JournalAct.COUNTRY_OUTSIDE_CORRIDOR, case, country=country)
    return replace(case, flagged_country=country)


def text(case: Case, party: str, agreement: Agreement, public_url: str, language: str = "en") -> str:
    """Write the alert for a side: urgency, facts that may be told, what to do by when, where to read more."""
    from_party = agreement.parties[case.reporting]
    case = seen_by(case, party, agreement)
    lines = [
        tr(language, "{urgency} · {reference}", urgency=urgency_name(case.urgency, language), reference=case.reference),
        tr(language, "From: {party}", party=from_party.name),
        tr(language, "Received: {moment}", moment=moment(case.opened_at, case, agreement)),
    ]
    reader = Reader(party)
    if decide(Matter.CODED, Way.ALERT, standing_to_all(case, reader, agreement), reader) is Showing.SHOWN:
        lines.append(tr(language, "Why: {reasons}", reasons=reasons(case, language)))
    for f, value in answers(case, reader, Way.ALERT, agreement):
        shown = show(f, value, language, sides(case, agreement))
        lines.append(f"{tr(language, f.label)}: {shown}{doubt(case, f, language)}")
        lines.append(beside(f, case, reader, Way.ALERT, agreement, language))
    lines += [person.line(language) for person in persons(case, reader, Way.ALERT, agreement, language)]
    lines.append(_state_line(case, agreement, language))
    lines.append(tr(language, "Texts and the rest: {link}", link=link(public_url, case)))
    return "\n".join(line for line in lines if line)


def keyboard(case: Case, party: str) -> Keyboard:
    """The acts offered under an alert: the requested side acknowledges, the own side looks."""
    acts: Sequence[tuple[str, Act | str, str]]
    if party == case.requested:
        acts = (
            (tr("en", "Acknowledge"), Act.ACK, ""),
            (tr("en", "Assign to me"), Act.ASSIGN, "me"),
            (tr("en", "Show case"), "case", ""),
        )
    else:
        acts = ((tr("en", "Show case"), "case", ""), (tr("en", "What comes next"), "plan", ""))
    if case.acknowledged_at is not None:
        acts = [a for a in acts if a[1] is not Act.ACK]
    return rows([act_button(case, label, act, argument) for label, act, argument in acts])


def act_button(case: Case, label: str, act: str, argument: str = "") -> Button:
    """Make a button for an act on a case as it stands now."""
    return Button(label, button_data.write(button_data.ActTap(case.id, case.stage, str(act), argument)))


def desk_of(c: Composer, party: str) -> tuple[Recipient, ...]:
    """Find who is alerted on a side: the duty desk; its supervisors too while that has nobody, or nobody on duty."""
    desks = at_duty_desks(c.context.agreement, c.view.directory, party)
    return desks or supervisors(c.view.directory, party)


def _send(c: Composer, case: Case, party: str, found: Sequence[Recipient], lead: str) -> list[Recipient]:
    words = "\n".join(filter(None, (lead, text(case, party, c.context.agreement, c.context.public_url))))
    return c.tell(found, _key(case), words, kind=OutgoingKind.ALERT, case=case, buttons=keyboard(case, party))


def _key(case: Case, urgency: str = "") -> str:
    """Name an alert: one for each level, and anew for each time that the urgency was lowered by hand."""
    timer = case.deadline(DeadlineKind.ALERT)
    again = f":{timer.pings}" if timer is not None and timer.pings else ""
    return f"case:{case.id}:alert:{urgency or case.urgency.value}{again}"


def _state_line(case: Case, agreement: Agreement, language: str) -> str:
    if not case.is_open:
        return tr(language, "Closed.")
    if case.acknowledged_at is not None:
        return tr(language, "Acknowledged {moment}.", moment=moment(case.acknowledged_at, case, agreement))
    given = moment(case.lapsed_at, case, agreement) if case.lapsed_at is not None else ""
    lapsed = tr(language, "The acknowledgment of {moment} has lapsed.", moment=given) if given else ""
    due = case.deadline(DeadlineKind.ACKNOWLEDGE)
    if due is None or not due.is_running:
        return lapsed
    wanted = tr(language, "Acknowledge by {moment}.", moment=moment(due.due_at, case, agreement))
    return f"{lapsed} {wanted}".strip()


def _is_time(case: Case) -> bool:
    at_once = case.value("danger_now") == "yes" or case.value("situation") == "being_moved"
    said = sum(is_field(name) for name in case.answers.keys() - understood(case).keys())
    return at_once or said >= len(_FIRST_THREE) or case.answers.keys() >= _FIRST_THREE


def _has_risen(case: Case) -> bool:
    return case.alerted_urgency is not None and case.urgency.is_above(case.alerted_urgency)


def _is_unknown_to_requested(case: Case) -> bool:
    return bool(case.requested) and case.alerted_requested_at is None
