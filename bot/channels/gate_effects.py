"""What a gate that opens or closes changes: drafts that wait at it, and who is told at once. Decides, does no I/O."""

from __future__ import annotations

from bot.channels import referrals
from bot.channels.handoffs import with_handoff
from bot.channels.withdrawal import tell_copies, withdraw
from bot.clock import deadlines
from bot.clock.alerts import act_button, keyboard
from bot.clock.alerts import text as alert_text
from bot.domain.agreement import DeskRole
from bot.domain.case import WITH_ITS_DESK, Case, Channel, DeadlineKind, Handoff, HandoffState
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import channel_name, link, rows, urgency_name
from bot.domain.recipients import Recipient, at_desks, at_person, supervisors, unique
from bot.domain.subjects import as_of, numbers
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.seen_by import seen_by, shown_numbers
from bot.turns.composer import Composer


def follow(c: Composer, before: Case, case: Case) -> Case:
    """Compare the gates before and after a change, and do what the difference calls for."""
    agreement = c.context.agreement
    for channel in Channel:
        if case.handoff(channel) is None:
            continue  # most cases have none yet
        was_open, verdict = gates.is_open(before, channel, agreement), gates.check(case, channel, agreement)
        case = _redraft(c, case, channel, verdict)
        if gates.is_draft(case.handoff(channel)) and isinstance(verdict, gates.Open) and not was_open:
            _tell_ready(c, case, channel)
        for handoff in case.handoffs:
            if handoff.channel is channel and handoff.state in WITH_ITS_DESK:
                case = _follow_given(c, before, case, handoff)
    _follow_relay(c, before, case)
    case = referrals.follow(c, before, case)
    return _settled(c, case) if case.apart else case


def _follow_given(c: Composer, before: Case, case: Case, handoff: Handoff) -> Case:
    """Follow a gate that closes for somebody whose case a desk has already.

    Who took their consent back has the hand-off withdrawn at once; for any other reason the own side decides.
    """
    channel, agreement = handoff.channel, c.context.agreement
    covered = handoff.covers or numbers(case)
    was, now = (gates.verdicts(one, channel, agreement) for one in (before, case))
    closed = [n for n in covered if isinstance(was.get(n), gates.Open) and not isinstance(now.get(n), gates.Open)]
    said_no = [n for n in closed if as_of(case, n).value(gates.CONSENT[channel]) == "no"]
    if len(said_no) < len(closed):
        _closed_after_sending(c, case, handoff)
        tell_copies(c, case, handoff)
        handoff = replace(handoff, copies=())
        case = with_handoff(case, handoff)
    if not said_no:
        return case
    case = withdraw(c, case, handoff, tr("en", "The permission was taken back."), said_no if case.apart else ())
    words = tr(
        "en",
        "The permission for the {channel} was taken back. Its desk is told to stop, and to say so.",
        channel=channel_name(channel, "en"),
    )
    _tell(c, case, own_side(c, case), f"taken-back:{handoff.id}", words)
    return case


def _settled(c: Composer, case: Case) -> Case:
    """Meet the deadline of a channel that accepted some, once nobody else is waited for."""
    for channel in Channel:
        accepted = any(h.channel is channel and h.state is HandoffState.ACCEPTED for h in case.handoffs)
        if accepted and not gates.awaited(case, channel):
            case = deadlines.meet(case, DeadlineKind(channel.value), c.now)
    return case


def _follow_relay(c: Composer, before: Case, case: Case) -> None:
    agreement = c.context.agreement
    was_held = gates.held_back(before, before.requested, agreement)
    held = gates.held_back(case, case.requested, agreement)
    was_stopped, is_stopped = bool(was_held), bool(held)
    if is_stopped and len(held) < len(numbers(case)):
        if set(held) != set(was_held):
            _held_back(c, case, held)
    elif is_stopped and not was_stopped:
        _relay_stopped(c, case)
    elif was_stopped and not is_stopped:
        c.journal(JournalAct.RELAY_RESUMED, case, channel=Channel.POLICE.value)
        words = tr("en", "From now on {party} is told about it again.", party=case.requested)
        _tell(c, case, own_desk(c, case), "relay", words)


def own_desk(c: Composer, case: Case) -> tuple[Recipient, ...]:
    """The reporting side's duty desk and supervisors."""
    duty = at_desks(c.context.agreement, c.view.directory, case.reporting, DeskRole.DUTY)
    return unique([*duty, *supervisors(c.view.directory, case.reporting)])


def own_side(c: Composer, case: Case) -> tuple[Recipient, ...]:
    """The same; where the side has nobody there, whoever reported the case."""
    officer = c.view.directory.get(case.officer)
    return own_desk(c, case) or ((at_person(officer),) if officer is not None and officer.is_active else ())


def _redraft(c: Composer, case: Case, channel: Channel, verdict: gates.Verdict) -> Case:
    """Let a draft be blocked, or wait, as its gate says; older buttons become stale."""
    handoff = case.handoff(channel)
    state = gates.draft_state(verdict)
    if handoff is None or not gates.is_draft(handoff) or handoff.state is state:
        return case
    others = tuple(h for h in case.handoffs if h.id != handoff.id)
    case = replace(case, stage=case.stage + 1, handoffs=(*others, replace(handoff, state=state)))
    c.journal(
        JournalAct.HANDOFF_BLOCKED if state is HandoffState.BLOCKED else JournalAct.HANDOFF_WAITS,
        case,
        channel=channel.value,
    )
    if state is HandoffState.BLOCKED:
        _tell_blocked(c, case, channel)
    return case


def _tell_ready(c: Composer, case: Case, channel: Channel) -> None:
    words = tr(
        "en",
        "Nothing is missing any more: it can be handed to the {channel} now.",
        channel=channel_name(channel, "en"),
    )
    button = act_button(case, tr("en", "Hand off"), Act.HANDOFF, channel.value)
    _tell(c, case, _duty_desks(c, case), f"ready:{channel.value}", words, rows([button]))


def _tell_blocked(c: Composer, case: Case, channel: Channel) -> None:
    """Tell the duty desks of the sides that may know, without the reason."""
    words = tr(
        "en",
        "The draft for the {channel} is blocked. It cannot be handed off before {party} has decided.",
        channel=channel_name(channel, "en"),
        party=case.reporting,
    )
    seen = seen_by(case, case.requested, c.context.agreement)
    desks = own_desk(c, case) if seen.is_partial else _duty_desks(c, case)
    to = unique([*desks, *supervisors(c.view.directory, case.reporting)])
    _tell(c, case, to, f"blocked:{channel.value}", words)


def _hold_back(c: Composer, case: Case, handoff: Handoff) -> None:
    """Let a hand-off that its desk has not got yet, its messenger being down, say only that it waits."""
    people = {f"person:{person.id}" for person in c.view.directory.people.values() if person.desk == handoff.desk}
    words = tr(
        "en",
        "{urgency} · {reference}\nA hand-off to the {channel} waits. Please do nothing about it yet.",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        channel=channel_name(handoff.channel, "en"),
    )
    c.withdraw(case, people | {f"desk:{handoff.desk}"}, words)


def _closed_after_sending(c: Composer, case: Case, handoff: Handoff) -> None:
    _hold_back(c, case, handoff)
    c.journal(JournalAct.GATE_CLOSED, case, channel=handoff.channel.value)
    words = tr(
        "en",
        "It was handed to the {channel} before, and its gate has closed since. Please decide now what that channel "
        "must be told. {link}",
        channel=channel_name(handoff.channel, "en"),
        link=link(c.context.public_url, case),
    )
    button = act_button(case, tr("en", "Take it back"), Act.RECALL, handoff.channel.value)
    _tell(c, case, own_desk(c, case), f"closed:{handoff.channel.value}", words, rows([button]))


def _withdraw(c: Composer, case: Case) -> None:
    """Let what waits for the other side, its messenger being down, say no more than it may know now."""
    agreement, directory = c.context.agreement, c.view.directory
    desks = {f"desk:{desk.id}" for desk in agreement.desks.values() if desk.party == case.requested}
    people = {f"person:{person.id}" for person in directory.people.values() if person.party == case.requested}
    text = alert_text(case, case.requested, agreement, c.context.public_url)
    c.withdraw(case, desks | people, text, keyboard(case, case.requested))


def _held_back(c: Composer, case: Case, held: tuple[int, ...]) -> None:
    """Tell the own side who is held back, and how words about the others still cross."""
    _withdraw(c, case)
    c.journal(JournalAct.RELAY_STOPPED, case, channel=Channel.POLICE.value)
    other = next(number for number in numbers(case) if number not in held)
    words = tr(
        "en",
        "{persons}: from now on {party} is told nothing of them, not even that they are there, and no words that may "
        "be about them. Words about others: /note {reference}/{other} ... A supervisor decides: /decide "
        "{reference}/{first} allowed or refused, and why. {link}",
        persons=", ".join(f"{case.reference}/{number}" for number in held),
        party=case.requested,
        reference=case.reference,
        other=other,
        first=held[0],
        link=link(c.context.public_url, case),
    )
    _tell(c, case, own_desk(c, case), "relay", words)


def _relay_stopped(c: Composer, case: Case) -> None:
    _withdraw(c, case)
    c.journal(JournalAct.RELAY_STOPPED, case, channel=Channel.POLICE.value)
    words = tr(
        "en",
        "From now on {party} is told only the minimum, and its police nothing, until a supervisor decides: /decide "
        "{reference} allowed or refused, and why. {link}",
        party=case.requested,
        reference=case.reference,
        link=link(c.context.public_url, case),
    )
    _tell(c, case, own_desk(c, case), "relay", words)


def _tell(c: Composer, case: Case, to: tuple[Recipient, ...], what: str, words: str, buttons: Keyboard = ()) -> None:
    lead = f"{urgency_name(case.urgency, 'en')} · {case.reference}"
    c.tell(to, gates.key_of(case, f"{what}:{c.inbox_id}"), f"{lead}\n{words}", case=case, buttons=buttons)


def _duty_desks(c: Composer, case: Case) -> tuple[Recipient, ...]:
    """Both duty desks; a side that is feared by all of them is left out."""
    agreement, directory = c.context.agreement, c.view.directory
    sides = [p for p in (case.requested, case.reporting) if p and shown_numbers(case, p, agreement)]
    return unique(r for party in sides for r in at_desks(agreement, directory, party, DeskRole.DUTY))
