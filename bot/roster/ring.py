"""The test ring: the duty desks of a corridor are rung as by an alert, marked as an exercise, and answer by a tap.

Each desk counts once, by its first tap. Of a desk that is silent the supervisors of both sides hear.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain import button_data
from bot.domain.agreement import Agreement, Corridor, Desk, DeskRole, Urgency
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Button, OutgoingKind
from bot.domain.names import marked_exercise
from bot.domain.people import Person
from bot.domain.recipients import Recipient, at_desk, desk_name, supervisors, unique
from bot.domain.rings import ANSWERABLE, SILENT_AFTER, Ring, RingAnswer
from bot.domain.time_words import both_times, lap
from bot.language.texts import tr
from bot.protection.permissions import may_answer_ring, may_ring
from bot.roster.words import local
from bot.turns.composer import Composer

TAPPED = "ring"  #: the word of the button


def begin(c: Composer) -> None:
    """Ring the duty desks of all corridors of a supervisor, and say so; nobody is rung twice at a time."""
    agreement, person = c.context.agreement, c.person
    theirs = [k for k in agreement.corridors.values() if person is not None and may_ring(person, k, agreement)]
    if person is None or not theirs:
        c.say(tr(c.language, "A test ring is begun by a supervisor of one of the two sides. Nobody was rung."))
        return
    lines = [_said_of(c, person, corridor) for corridor in theirs]
    c.say(marked_exercise("\n".join(lines)))


def _said_of(c: Composer, person: Person, corridor: Corridor) -> str:
    """Ring the desks of one corridor, and say so; or say since when they are rung."""
    running = [r for r in c.view.rings() if r.corridor == corridor.code and c.now < r.due_at]
    if running:
        return tr(
            c.language,
            "The test ring of {moment} is not over yet. It can be begun again {minutes} minutes after that.",
            moment=_when(running[-1].begun_at, corridor, c.context.agreement),
            minutes=SILENT_AFTER.seconds // 60,
        )
    ring = _ring(c, corridor, person.id)
    return tr(
        c.language,
        "The test ring goes to {desks}. Who has not answered in {minutes} minutes is told to the supervisors of both "
        "sides.",
        desks=_shown(ring.desks, c.context.agreement),
        minutes=SILENT_AFTER.seconds // 60,
    )


def begin_weekly(c: Composer, corridor: Corridor, due: datetime) -> None:
    """Ring the duty desks of a corridor for this week, once."""
    if not any(r.corridor == corridor.code and r.begun_by is None and r.begun_at >= due for r in c.view.rings()):
        _ring(c, corridor, None)


def _ring(c: Composer, corridor: Corridor, begun_by: int | None) -> Ring:
    agreement = c.context.agreement
    desks = [desk for party in corridor.parties for desk in agreement.desks_of(party, DeskRole.DUTY)]
    ring = Ring(c.context.new_id(), corridor.code, tuple(desk.id for desk in desks), c.now, begun_by)
    c.people.put_ring(ring)
    c.journal(JournalAct.RING_BEGUN, ring=ring.id, corridor=ring.corridor, desks=list(ring.desks))
    for desk in desks:
        for recipient in at_desk(desk, c.view.directory):
            _tell(c, ring, desk, recipient)
    return ring


def _tell(c: Composer, ring: Ring, desk: Desk, recipient: Recipient) -> None:
    words = tr(
        recipient.language,
        "Test ring. Nobody is in danger: it shows whether {desk} is reached. Please tap within {minutes} minutes, or "
        "type /drill heard",
        desk=desk_name(desk),
        minutes=SILENT_AFTER.seconds // 60,
    )
    data = button_data.write(button_data.WordTap(TAPPED, button_data.to_base36(ring.id)))
    c.tell(
        [recipient],
        f"ring:{ring.id}:{desk.id}",
        marked_exercise(words),
        kind=OutgoingKind.ALERT,
        buttons=((Button(tr(recipient.language, "I hear you"), data),),),
        urgency=Urgency.U1,
    )


def tapped(c: Composer, argument: str) -> None:
    """Note the answer of a desk to the test ring whose button was tapped."""
    ring = c.view.ring(button_data.from_base36(argument))
    _answer(c, ring if ring is not None and _desk_of(c, ring) else None)


def heard(c: Composer) -> None:
    """Note the answer of a desk to the test ring that it was sent last."""
    lately = [ring for ring in c.view.rings() if _desk_of(c, ring) and c.now < ring.begun_at + ANSWERABLE]
    _answer(c, next((ring for ring in lately if _desk_of(c, ring) in ring.silent), lately[-1] if lately else None))


def _desk_of(c: Composer, ring: Ring) -> str:
    """The desk for which the person may answer a test ring; empty where there is none."""
    return next((desk for desk in ring.desks if c.person is not None and may_answer_ring(c.person, desk)), "")


def _answer(c: Composer, ring: Ring | None) -> None:
    if ring is None or c.person is None:
        c.say(tr(c.language, "No test ring waits for your answer. It is answered by the duty desks that it went to."))
        return
    desk, agreement = _desk_of(c, ring), c.context.agreement
    earlier, took = ring.answer_of(desk), ring.took(desk)
    if earlier is not None and took is not None:
        words = tr(
            c.language,
            "This test ring was answered by {desk} already: {moment}, after {time}.",
            desk=_shown([desk], agreement),
            moment=local(earlier.at, c.person.party, agreement),
            time=lap(took),
        )
        c.say(marked_exercise(words))
        return
    c.people.answer_ring(RingAnswer(ring.id, desk, c.now, c.person.id))
    c.journal(JournalAct.RING_ANSWERED, ring=ring.id, corridor=ring.corridor, desk=desk)
    _tell_late(c, ring, desk)
    words = tr(
        c.language,
        "Thank you. {desk} has answered the test ring after {time}.",
        desk=_shown([desk], agreement),
        time=lap(c.now - ring.begun_at),
    )
    c.say(marked_exercise(words))


def _tell_late(c: Composer, ring: Ring, desk: str) -> None:
    """Tell the supervisors who heard that a desk is silent that it has answered after all."""
    agreement = c.context.agreement
    corridor = agreement.corridors.get(ring.corridor)
    for recipient in _supervisors(c, corridor) if corridor is not None and ring.told_at is not None else ():
        words = tr(
            recipient.language,
            "{desk} has answered the test ring of {moment} now, after {time}.",
            desk=_shown([desk], agreement),
            moment=_when(ring.begun_at, corridor, agreement),
            time=lap(c.now - ring.begun_at),
        )
        c.tell([recipient], f"ring:{ring.id}:late:{desk}", words)


def tell_silent(c: Composer, ring_id: int) -> None:
    """Tell the supervisors of both sides which desks have not answered in time, once; nothing where all have."""
    ring = c.view.ring(ring_id)
    if ring is None or ring.told_at is not None or c.now < ring.due_at:
        return
    c.people.put_ring(replace(ring, told_at=c.now))
    if not ring.silent:
        return
    corridor = c.context.agreement.corridors.get(ring.corridor)
    told: list[Recipient] = []
    for recipient in _supervisors(c, corridor) if corridor is not None else ():
        words = tr(
            recipient.language,
            "No answer within {minutes} minutes to the test ring of {moment}: {desks}. Please find out why: an alert "
            "would perhaps not have been heard either.",
            desks=_shown(ring.silent, c.context.agreement),
            moment=_when(ring.begun_at, corridor, c.context.agreement),
            minutes=SILENT_AFTER.seconds // 60,
        )
        told += c.tell([recipient], f"ring:{ring.id}:silent", words)
    c.journal(
        JournalAct.RING_UNANSWERED,
        ring=ring.id,
        corridor=ring.corridor,
        desks=list(ring.silent),
        recipients=[recipient.name for recipient in told],
    )


def _supervisors(c: Composer, corridor: Corridor) -> tuple[Recipient, ...]:
    return unique(r for party in corridor.parties for r in supervisors(c.view.directory, party))


def _shown(desks: list[str] | tuple[str, ...], agreement: Agreement) -> str:
    """Name desks with their sides."""
    found = (agreement.desks.get(desk) for desk in desks)
    return ", ".join(desk_name(desk) for desk in found if desk is not None)


def _when(moment: datetime, corridor: Corridor | None, agreement: Agreement) -> str:
    """Write a moment for both sides of a corridor."""
    parties = corridor.parties if corridor is not None else ()
    return both_times(moment, [agreement.parties[party] for party in parties])
