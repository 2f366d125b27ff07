"""Says what was lost, doubled, turned around, pinged too late or not said at all in a run of several nodes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.journal_acts import JournalAct
from tests.faults.calls import riding_in_calls, with_answers
from tests.faults.checker import losses, surplus
from tests.faults.cluster.history import DISTURBING, SECOND, History
from tests.faults.cluster.silence import LONGEST, Stretch, is_ping, stretches
from tests.faults.evidence import Call, Evidence, OutboxKept, Sent, Words, as_stored

_NOTED_WITHIN = 5 * SECOND  #: from an answer of the messenger until it is stored: as long as a batch may take
_UNDER_WAY = SECOND  #: from a node's awakening until what it had under way is sent
_STILL_PINGED = 5 * SECOND  #: from the acknowledgment of a closing: what was looked at before


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found. No findings: nothing was lost, and nobody was silent."""

    findings: tuple[str, ...]
    doubled: int  #: messages that reached a chat once more than they should
    ambiguous: int  #: sends of which the node could not know or note what became of them
    longest: Stretch | None  #: of all silences


def check(evidence: Evidence, history: History, alert_after: timedelta) -> Verdict:
    """Look at everything."""
    arrivals = tuple(replace(arrival, words=as_stored(arrival.words)) for arrival in history.arrivals)
    history = replace(history, arrivals=arrivals)
    evidence = with_answers(
        replace(
            evidence,
            sent=tuple(Sent(arrival.words) for arrival in arrivals),
            calls=tuple(_calls(evidence, history)),
        )
    )
    ambiguous = _ambiguous(evidence, history)
    doubled, silences = surplus(evidence), stretches(history)
    findings = [
        *losses(evidence, alert_after),
        *_doubles(doubled, ambiguous),
        *_order(evidence, history),
        *_pings_after_close(evidence),
        *_late_pings(evidence, history),
        *(str(stretch) for stretch in silences if stretch.ticks > LONGEST),
    ]
    return Verdict(tuple(findings), doubled.total(), ambiguous.total(), max(silences, default=None))


def _calls(evidence: Evidence, history: History) -> Iterator[Call]:
    """What went back in calls; also into those that WeChat had given up, and told the writer so."""
    given_up = {written.update_id for written in evidence.written if not written.is_acknowledged}
    unheard = {row.update_id: row.reply or None for row in evidence.inbox if row.update_id in given_up}
    for call in history.in_calls:
        yield Call(call.update_id, unheard.get(call.update_id) if call.answer is None else call.answer)


def _ambiguous(evidence: Evidence, history: History) -> Counter[Words]:
    found = Counter(a.words for a in history.arrivals if not a.is_answered or _was_disturbed(a.node, a.tick, history))
    riding = riding_in_calls(evidence)
    for call in history.in_calls:
        if call.answer is None or _was_disturbed(call.node, call.tick, history):
            found.update(row.words for row in riding.get(call.update_id, []))
    return found


def _was_disturbed(node: int, tick: int, history: History) -> bool:
    """Whether something was done to a node before it could note what it had just sent."""
    troubles = (trouble for trouble in history.troubles if trouble.kind in DISTURBING)
    return any(trouble.meets(node, tick - _UNDER_WAY, tick + _NOTED_WITHIN) for trouble in troubles)


def _doubles(doubled: Counter[Words], ambiguous: Counter[Words]) -> Iterator[str]:
    for words, times in (doubled - ambiguous).items():
        yield f"{times} messages to {words.chat} arrived twice, and nothing was uncertain: {words.text[:60]!r}"


def _order(evidence: Evidence, history: History) -> Iterator[str]:
    """Who writes twice is answered first what they wrote first. Words that were said twice tell nothing."""
    arrived: dict[Words, int] = {}
    for number, arrival in enumerate(history.arrivals):
        arrived.setdefault(arrival.words, number)
    said = Counter(row.words for row in evidence.outbox)
    latest: dict[str, tuple[int, str]] = {}
    for update, row in _replies(evidence):
        if row.words not in arrived or said[row.words] > 1:
            continue
        place = arrived[row.words]
        before, earlier = latest.get(row.words.chat, (-1, ""))
        if place < before:
            yield f"in chat {row.words.chat} the reply to {update} came before that to {earlier}"
        latest[row.words.chat] = max((place, update), (before, earlier))


def _replies(evidence: Evidence) -> Iterator[tuple[str, OutboxKept]]:
    """The first reply to each message, in the order in which they were written."""
    kept = {row.update_id: row.id for row in evidence.inbox}
    rows = {row.dedupe_key: row for row in evidence.outbox}
    for written in evidence.written:
        row = rows.get(f"reply:{kept.get(written.update_id)}:0")
        if row is not None:
            yield written.update_id, row


def _pings_after_close(evidence: Evidence) -> Iterator[str]:
    """The record tells in which order things were done, whatever clocks showed."""
    names: dict[int | None, str] = {case.id: case.reference for case in evidence.cases}
    closed: set[int | None] = set()
    for case_id, act in evidence.acts:
        if act == JournalAct.CLOSED:
            closed.add(case_id)
        elif act == JournalAct.REOPENED:
            closed.discard(case_id)
        elif act == JournalAct.PINGED and case_id in closed:
            yield f"somebody was pinged about case {names[case_id]} after it was closed"


def _late_pings(evidence: Evidence, history: History) -> Iterator[str]:
    """What was made before is looked at once more before it is sent."""
    closed = {ended.reference: ended.closed for ended in history.ended if ended.closed is not None}
    seen: set[Words] = set()
    for arrival in history.arrivals:
        words, tick = arrival.words, arrival.tick
        if not is_ping(words.text) or words in seen:
            continue
        seen.add(words)
        reference = next((case.reference for case in evidence.cases if case.reference in words.text), "")
        end = closed.get(reference)
        was_disturbed = any(t.meets(arrival.node, tick - _STILL_PINGED, tick) for t in history.troubles)
        if end is not None and tick > end + _STILL_PINGED and not was_disturbed:
            yield f"a ping about case {reference} was sent {(tick - end) / SECOND:.1f} s after it was closed"
