"""Looking at a case from a messenger: its facts as far as they may be told there, its state, its plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from bot.acts.finding import is_among_own, no_such_case
from bot.acts.looking_at_deliveries import call_lines, is_hidden, recipient_name
from bot.acts.looking_at_papers import papers
from bot.acts.offering import buttons_for
from bot.channels import joint_plans, referrals, waiting_steps
from bot.clock import deadlines
from bot.clock.escalation_plan import describe
from bot.clock.ping_bundles import on_it
from bot.clock.reach import Known
from bot.delivery import window_rules
from bot.domain import reference
from bot.domain.case import Case, Handoff, HandoffState
from bot.domain.closed_sets import for_each
from bot.domain.contacts import Heard
from bot.domain.fields import show
from bot.domain.likeness import Verdict
from bot.domain.messages import Address, Delivery, OutgoingKind
from bot.domain.names import (
    channel_name,
    closure_name,
    deadline_name,
    delivery_name,
    lateness,
    link,
    moment,
    reasons,
    sides,
    standing_name,
    urgency_name,
)
from bot.domain.understood import doubt
from bot.language.texts import later, tr
from bot.protection.gates import shown_state
from bot.protection.in_english import beside
from bot.protection.matching import may_know
from bot.protection.permissions import may_see
from bot.protection.redaction_policy import Way, answers, sees_plan
from bot.protection.secure_access import may_read_secure
from bot.protection.seen_by import seen_by
from bot.protection.shown_persons import for_whom, persons
from bot.protection.standings import Reader
from bot.turns.composer import Composer


def case(c: Composer, shown: Case) -> None:
    """Show a case: state, coded facts, deadlines, hand-offs, spoken reference, link."""
    if c.person is None:
        return
    language, agreement = c.language, c.context.agreement
    shown = seen_by(shown, c.person.party, agreement)
    lines = [
        f"{urgency_name(shown.urgency, language)} · {shown.reference}",
        tr(language, "Say: {spoken}", spoken=reference.spoken(shown.reference)),
        tr(language, "Status: {status}", status=_status(c, shown)),
        tr(language, "Received: {moment}", moment=moment(shown.opened_at, shown, agreement)),
    ]
    reader = Reader.of(c.person, agreement, is_overheard=not is_among_own(c, c.person.party))
    lines += [_elsewhere(language)] if reader.is_overheard else _facts(c, shown, reader)
    lines += _working_together(c, shown, reader)
    lines += [_deadline_line(c, shown, d.id) for d in deadlines.shown(shown)]
    lines += on_it(c, shown, language)
    lines += [
        _handoff_line(h, shown_state(h, shown, c.person.party, agreement), shown, language) for h in shown.handoffs
    ]
    lines += _gate_lines(c, shown)
    lines += [] if reader.is_overheard else _other_cases(c, shown)
    lines += _delivery_lines(c, shown)
    lines += call_lines(c, shown)
    lines.append(tr(language, "Texts and all acts: {link}", link=link(c.context.public_url, shown)))
    c.saw(shown)
    c.say("\n".join(lines), buttons_for(shown, c.person, c), case=shown)


def plan(c: Composer, shown: Case) -> None:
    """Show what the clock will do."""
    c.saw(shown)
    party = c.person.party if c.person is not None and is_among_own(c, c.person.party) else "-"
    shown = seen_by(shown, c.person.party if c.person is not None else "", c.context.agreement)
    known = Known(c.context.confirm_every, c.context.windows, _heard(c))
    described = describe(shown, c.context.agreement, c.view.directory, c.language, party=party, known=known)
    c.say("\n".join([described, *_gate_lines(c, shown)]), case=shown)


def _heard(c: Composer) -> dict[Address, Heard]:
    """What was heard from whom lately; from whoever asks just now, and that opens a window."""
    heard, message = dict(c.view.heard), c.message
    if message is not None and message.sender is not None:
        before = heard.get(message.sender, Heard())
        opened = (window.closes_at for window in window_rules.opened(message, c.context.windows))
        heard[message.sender] = Heard(c.now, max([*opened, *filter(None, [before.window_until])], default=None))
    return heard


def secure(c: Composer, shown: Case) -> None:
    """Say where the secure case is read: nothing of it ever goes by messenger."""
    if c.person is None or not may_read_secure(c.person, shown, c.context.agreement):
        no_such_case(c, shown.reference)
        return
    c.saw(shown)
    page = f"{link(c.context.public_url, shown)}/secure"
    words = tr(c.language, "{reference}: the secure case is read and added to on its page only: {link}",
               reference=shown.reference, link=page)  # fmt: skip
    c.say(words, case=shown)


def _facts(c: Composer, shown: Case, reader: Reader) -> list[str]:
    language, agreement = c.language, c.context.agreement
    why = [tr(language, "Why: {reasons}", reasons=reasons(shown, language))] if reader.party == shown.reporting else []
    told = answers(shown, reader, Way.CASE, agreement)
    between = sides(shown, agreement)
    facts: list[str] = []
    for f, value in told:
        facts.append(f"{tr(language, f.label)}: {show(f, value, language, between)}{doubt(shown, f, language)}")
        facts += filter(None, [beside(f, shown, reader, Way.CASE, agreement, language)])
    each = [person.line(language) for person in persons(shown, reader, Way.CASE, agreement, language)]
    return [*why, *facts, *each]


def _working_together(c: Composer, shown: Case, reader: Reader) -> list[str]:
    """Name the liaison officers by side and role, say how a joint operation stands, and who was asked for support."""
    language, agreement, directory = c.language, c.context.agreement, c.view.directory
    people = joint_plans.liaisons(shown, reader, Way.CASE, directory)
    lines = [tr(language, "Liaison officers: {people}", people=people)] if people else []
    plan = shown.plan
    if plan is not None and sees_plan(shown, reader, Way.CASE, agreement):
        waiting = ", ".join(plan.waits_for(shown.reporting, shown.requested))
        state = tr(language, "waits for {parties}", parties=waiting) if waiting else tr(language, "confirmed by both")
        lines.append(tr(language, "Joint operation: {when}, {state}. /operation {reference}", state=state,
                        when=moment(plan.starts_at, shown, agreement) if plan.starts_at else "?",
                        reference=shown.reference))  # fmt: skip
    theirs = [] if reader.is_overheard else [r for r in shown.referrals if r.party == reader.party]
    return lines + [referrals.told_as(c, referral, language) for referral in theirs]


def _other_cases(c: Composer, shown: Case) -> list[str]:
    """Name the cases that this one is one with, or was linked to, to whoever may see both."""
    if c.person is None:
        return []
    language, agreement = c.language, c.context.agreement
    one = [case.reference for case in c.view.joined(shown) if may_see(c.person, case, agreement)]
    lines = [tr(language, "One case with this: {references}", references=", ".join(one))] if one else []
    for match in c.view.matches(shown.id):
        other, sentence = c.case(match.other(shown.id)), _OF_A_PAIR.get(match.verdict)
        if sentence is not None and other is not None and may_know(c.person, shown, other, agreement):
            lines.append(tr(language, sentence, reference=other.reference))
    return lines


#: What is said of another case; of what was told apart nothing, and what is the same has another line.
_OF_A_PAIR = for_each(
    Verdict,
    {
        Verdict.ASKED: later("May be the same: {reference}"),
        Verdict.RELATED: later("Related: {reference}"),
    },
    but={Verdict.SAME, Verdict.DIFFERENT},
)


def _elsewhere(language: str) -> str:
    return tr(language, "The answers are shown in private and in your own desk's group only.")


#: What is listed with how far it has come: what a desk must hear; nobody waits for the rest.
_TOLD = for_each(
    OutgoingKind,
    {
        OutgoingKind.ALERT: later("alert"),
        OutgoingKind.PING: later("ping"),
        OutgoingKind.TOLD: later("message"),
        OutgoingKind.RELAY: later("relayed message"),
    },
    but={
        OutgoingKind.REPLY,
        OutgoingKind.EDIT,
        OutgoingKind.FILE,
        OutgoingKind.TEST,
        OutgoingKind.DIGEST,
        OutgoingKind.WINDOW,
        OutgoingKind.CALL,
    },
)

#: Views by the word people type or a button says.
VIEWS: dict[str, Callable[[Composer, Case], None]] = {"case": case, "plan": plan, "secure": secure, "papers": papers}


def _status(c: Composer, shown: Case) -> str:
    words = standing_name(shown, c.language)
    if shown.acknowledged_at is not None and shown.is_open:
        words += ", " + moment(shown.acknowledged_at, shown, c.context.agreement)
    if shown.stood_down_at is not None:
        words += ", " + tr(c.language, "stood down")
    if shown.closure is not None:
        words += ": " + closure_name(shown.closure, c.language)
    if shown.held_at is not None:
        words += ", " + tr(c.language, "on legal hold")
    return words


def _deadline_line(c: Composer, shown: Case, deadline_id: int) -> str:
    deadline = next(d for d in shown.deadlines if d.id == deadline_id)
    line = tr(
        c.language,
        "{deadline}: by {moment} ({lateness})",
        deadline=deadline_name(deadline, c.language).capitalize(),
        moment=moment(deadline.due_at, shown, c.context.agreement),
        lateness=lateness(deadline.due_at, c.now, c.language),
    )
    if deadline.promised_at is not None:
        promised = moment(deadline.promised_at, shown, c.context.agreement)
        line += ", " + tr(c.language, "will be late, promised for {moment}", moment=promised)
    if deadline.pings:
        line += ", " + tr(c.language, "pinged {count} times", count=deadline.pings)
    if deadline.pings and deadline.snoozed_until is not None and deadline.snoozed_until > c.now:
        line += ", " + tr(
            c.language, "silent until {moment}", moment=moment(deadline.snoozed_until, shown, c.context.agreement)
        )
    return line


def _delivery_lines(c: Composer, shown: Case) -> list[str]:
    """Say for each recipient how far the newest message to them has come, and the newest that was relayed."""
    newest: dict[tuple[str, bool], Delivery] = {}
    for delivery in c.view.deliveries(shown.id):
        message = delivery.message
        if message.kind in _TOLD and not is_hidden(c, delivery, shown):
            newest[message.recipient, message.kind is OutgoingKind.RELAY] = delivery
    return [_delivery_line(c, key[0], newest[key]) for key in sorted(newest)]


def _delivery_line(c: Composer, name: str, delivery: Delivery) -> str:
    line = tr(
        c.language,
        "{recipient}: {kind} {state}",
        recipient=recipient_name(c, name),
        kind=tr(c.language, _TOLD[delivery.message.kind]),
        state=delivery_name(delivery.state, c.language),
    )
    return f"{line} ({delivery.message.address.messenger})"


def _gate_lines(c: Composer, shown: Case) -> list[str]:
    """Say of each channel that waits what it waits for, as far as whoever reads the answer may know."""
    if c.person is None:
        return []
    tells = c.person.party if is_among_own(c, c.person.party) else ""
    return waiting_steps.lines(shown, c.person.party, c.context.agreement, c.language, tells=tells)


def _withdrawn_line(handoff: Handoff, name: str, language: str) -> str:
    if handoff.must_stop:
        return tr(language, "{channel}: taken back, its desk has not confirmed yet that it stopped", channel=name)
    return tr(language, "{channel}: taken back, its desk has stopped", channel=name)


def _handoff_line(handoff: Handoff, state: HandoffState, shown: Case, language: str) -> str:
    name = channel_name(handoff.channel, language).capitalize()
    if handoff.covers:
        name += f" ({for_whom(shown, handoff.covers, language)})"
    match state:
        case HandoffState.ACCEPTED:
            return tr(language, "{channel}: accepted under {formal}", channel=name, formal=handoff.formal_reference)
        case HandoffState.SENT:
            return tr(language, "{channel}: handed off, not yet accepted", channel=name)
        case HandoffState.RETURNED:
            return tr(language, "{channel}: returned", channel=name)
        case HandoffState.WITHDRAWN:
            return _withdrawn_line(handoff, name, language)
        case HandoffState.BLOCKED:
            return tr(language, "{channel}: drafted, blocked", channel=name)
        case HandoffState.DRAFTED:
            return tr(language, "{channel}: drafted, not sent", channel=name)
        case _:
            assert_never(state)
