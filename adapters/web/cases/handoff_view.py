"""The hand-offs of a case, as its page tells one reader: to which desk, what it answered, what was taken back. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.web.cases import case_view
from adapters.web.cases.case_view import Row
from adapters.web.site import page_words
from bot.acts.on_paper import lacks_scan
from bot.domain.case import Case, Handoff, HandoffState
from bot.domain.case_acts import Act
from bot.domain.names import channel_name, refusal_name
from bot.domain.recipients import desk_name
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.permissions import may
from bot.protection.reasons import reason_of
from bot.protection.redaction_policy import Way, claim_for, officer_for, taker_for
from bot.protection.shown_persons import for_whom
from bot.protection.standings import Reader


def handoffs(case: Case, reader: case_view.Reader) -> list[Row]:
    """List the hand-offs, newest first."""
    return [_handoff(h, case, reader) for h in sorted(case.handoffs, key=lambda h: -h.id)]


def unscanned(case: Case, reader: case_view.Reader) -> list[tuple[str, str]]:
    """The letters whose scan this reader may add: each with the words that name it in a command."""
    if not may(reader.person, Act.WRITTEN, case, reader.agreement):
        return []
    return [(h.letter_reference, f"{h.channel.value} {h.letter_reference}") for h in lacks_scan(case)]


def _handoff(handoff: Handoff, case: Case, reader: case_view.Reader) -> Row:
    language = reader.language
    said = [*_where_to(handoff, case, reader), *_answered(handoff, case, reader), *_taken_back(handoff, case, reader)]
    moments = (handoff.stopped_at, handoff.withdrawn_at, handoff.letter_at, handoff.returned_at, handoff.accepted_at,
               handoff.sent_at)  # fmt: skip
    newest = next(filter(None, moments), handoff.drafted_at)
    state = gates.shown_state(handoff, case, reader.person.party, reader.agreement)
    head = f"{channel_name(handoff.channel, language)}: {page_words.handoff_name(state, language)}"
    return Row(head, "; ".join(said), case_view.moment(newest, case, reader.agreement))


def _where_to(handoff: Handoff, case: Case, reader: case_view.Reader) -> Iterator[str]:
    """Say which desk answers, which have it in copy, and whom it is for."""
    yield tr(reader.language, "to {desk}", desk=_desk(handoff.desk, reader))
    if handoff.copies and reader.person.party == case.reporting:  # that one goes away could tell why
        desks = ", ".join(_desk(desk, reader) for desk in handoff.copies)
        yield tr(reader.language, "in copy: {desks}", desks=desks)
    if handoff.covers:
        yield for_whom(case, handoff.covers, reader.language)


def _answered(handoff: Handoff, case: Case, reader: case_view.Reader) -> Iterator[str]:
    """Say what the channel answered, and the letter about it."""
    language, asks = reader.language, Reader.of(reader.person, reader.agreement)
    if handoff.formal_reference:
        yield tr(language, "formal reference {reference}", reference=handoff.formal_reference)
    taker = taker_for(handoff, case, asks, Way.PAGE, reader.agreement)
    if taker and handoff.delivered_at is not None:
        when = case_view.moment(handoff.delivered_at, case, reader.agreement)
        yield tr(language, "handed over in person to {whom}, {moment}", whom=taker, moment=when)
    yield from _claimed(handoff, case, reader)
    officer = officer_for(handoff, case, asks, Way.PAGE, reader.agreement)
    if officer:
        yield tr(language, "accepted by {officer}", officer=officer)
    if handoff.refusal is not None:
        yield refusal_name(handoff.refusal, language)
    reason = reason_of(handoff, case, asks, Way.PAGE, reader.agreement)
    if reason and handoff.state is not HandoffState.WITHDRAWN:
        yield tr(language, "returned: {reason}", reason=reason)
    if handoff.letter_reference:
        yield tr(language, "confirmed by letter {letter}", letter=handoff.letter_reference)
    if handoff.owner is not None:
        yield tr(language, "left with the channel; {who} answers for it", who=reader.name(handoff.owner))


def _claimed(handoff: Handoff, case: Case, reader: case_view.Reader) -> Iterator[str]:
    """Say what whoever has the mail claims of its receipt, while nobody has answered."""
    asks = Reader.of(reader.person, reader.agreement)
    claim = claim_for(handoff, case, asks, Way.PAGE, reader.agreement) if handoff.is_claimed else None
    if claim is None or handoff.claimed_at is None:
        return
    yield tr(
        reader.language,
        "by the link in our mail: received by {officer}, under {number}, {moment}; not recorded as accepted yet",
        officer=claim[0],
        number=claim[1],
        moment=case_view.moment(handoff.claimed_at, case, reader.agreement),
    )


def _taken_back(handoff: Handoff, case: Case, reader: case_view.Reader) -> Iterator[str]:
    """Say why it was taken back, and whether its desk has stopped."""
    if handoff.state is not HandoffState.WITHDRAWN:
        return
    asks = Reader.of(reader.person, reader.agreement)
    reason = reason_of(handoff, case, asks, Way.PAGE, reader.agreement)
    if reason:
        yield tr(reader.language, "taken back: {reason}", reason=reason)
    yield (
        tr(reader.language, "not confirmed yet that it has stopped")
        if handoff.must_stop
        else tr(reader.language, "its desk has stopped")
    )


def _desk(desk_id: str, reader: case_view.Reader) -> str:
    desk = reader.agreement.desks.get(desk_id)
    return desk_name(desk) if desk else desk_id
