"""Says what was lost, doubled or forgotten in a run with kills. Pure: looks at evidence, touches nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.journal_acts import JournalAct
from tests.faults.calls import under_way, with_answers
from tests.faults.evidence import Evidence, OutboxKept, Words, as_stored

#: What every case has from its first message on.
_KINDS = {"alert", "acknowledge", "police", "diplomatic"}
_DONE = frozenset({"sent", "seen"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found. No findings: nothing was lost."""

    findings: tuple[str, ...]
    duplicates: int  #: messages that reached a chat once more than they should
    in_flight: int  #: messages that were under way at the kills: as many duplicates may be


def check(evidence: Evidence, alert_after: timedelta) -> Verdict:
    """Look at everything."""
    sent = tuple(replace(sent, words=as_stored(sent.words)) for sent in evidence.sent)
    evidence = with_answers(replace(evidence, sent=sent))
    findings = losses(evidence, alert_after)
    doubled, flying = surplus(evidence), _in_flight(evidence)
    findings += _unexplained(doubled, flying)
    return Verdict(tuple(findings), doubled.total(), flying.total())


def losses(evidence: Evidence, alert_after: timedelta) -> list[str]:
    """Say what was lost or forgotten; of what was doubled only what is stored twice."""
    findings = [finding for each in _CHECKS for finding in each(evidence)]
    return findings + list(_alerts(evidence, alert_after))


def _acknowledged(evidence: Evidence) -> Iterator[str]:
    """Every acknowledged message is stored once, with its effect and its reply."""
    kept = {row.update_id: row for row in evidence.inbox}
    stored = Counter(row.update_id for row in evidence.inbox)
    effects = Counter(evidence.effects)
    replies = {row.dedupe_key for row in evidence.outbox}
    for written in evidence.written:
        if not written.is_acknowledged:
            continue
        row = kept.get(written.update_id)
        if row is None:
            yield f"update {written.update_id} was acknowledged and is not stored"
            continue
        if row.state != "done":
            yield f"update {written.update_id} was acknowledged and is {row.state}"
        if f"reply:{row.id}:0" not in replies:
            yield f"update {written.update_id} has no reply"
        if written.is_report and (row.case_id is None or effects[written.message] == 0):
            yield f"update {written.update_id} was acknowledged and changed nothing"
    yield from (f"update {update} is stored {times} times" for update, times in stored.items() if times > 1)
    yield from (f"message {m} took effect {times} times" for m, times in effects.items() if m and times > 1)


def _cases(evidence: Evidence) -> Iterator[str]:
    """Every case has its clock and a reference of its own."""
    references = Counter(case.reference for case in evidence.cases)
    yield from (f"reference {name} was given {times} times" for name, times in references.items() if times > 1)
    running = {deadline.case_id for deadline in evidence.deadlines if deadline.state == "running"}
    kinds: dict[int, set[str]] = {}
    for deadline in evidence.deadlines:
        kinds.setdefault(deadline.case_id, set()).add(deadline.kind)
    for case in evidence.cases:
        missing = _KINDS - kinds.get(case.id, set())
        if missing:
            yield f"case {case.reference} has no deadline {', '.join(sorted(missing))}"
        if case.is_open and case.id not in running:
            yield f"case {case.reference} is open and no clock runs for it"


def _references(evidence: Evidence) -> Iterator[str]:
    """Whoever reported was given the reference of the case."""
    arrived = {sent.words for sent in evidence.sent} | {row.words for row in evidence.outbox if row.state == "dropped"}
    case_of = {f"reply:{row.id}": row.case_id for row in evidence.inbox}
    told: dict[int | None, list[str]] = {}
    for row in evidence.outbox:
        if row.words in arrived:
            told.setdefault(case_of.get(row.dedupe_key.rpartition(":")[0]), []).append(row.words.text)
    for case in evidence.cases:
        if case.opened_at < evidence.settled_at and not any(case.reference in text for text in told.get(case.id, [])):
            yield f"nobody was given the reference of case {case.reference}"


def _calls(evidence: Evidence) -> Iterator[str]:
    """A message that is brought again is answered in the same words."""
    replies = {row.update_id: row.reply for row in evidence.inbox}
    for call in evidence.calls:
        if call.answer and call.answer != replies.get(call.update_id):
            yield f"the call that brought {call.update_id} was answered with words that are not kept"


def _pings(evidence: Evidence) -> Iterator[str]:
    """Every deadline that passed was pinged about, and every ping that is counted is in the outbox.

    Only a repeat may have no row of its own, where another deadline of the case was pinged about too: one message tells
    both. What was gathered from several cases is in the record.
    """
    pinged = Counter(deadline.case_id for deadline in evidence.deadlines if deadline.pings)
    gathered = {case_id for case_id, act in evidence.acts if act == JournalAct.GATHERED.value}
    keys = {
        row.dedupe_key.rpartition(":desk:")[0] or row.dedupe_key.rpartition(":person:")[0] for row in evidence.outbox
    }
    for deadline in evidence.deadlines:
        name = f"{deadline.kind} of case {deadline.case_id}"
        if deadline.kind != "alert":
            may_wait = deadline.kind == "intake"  # until its officer has answered in another one
            if (
                not may_wait
                and deadline.state == "running"
                and deadline.due_at < evidence.settled_at
                and not deadline.pings
            ):
                yield f"{name} passed without a ping"
            is_bundled = pinged[deadline.case_id] > 1
            for number in range(1, deadline.pings + 1):
                if deadline.case_id in gathered or (number > 1 and is_bundled):
                    continue
                if f"case:{deadline.case_id}:{deadline.kind}:{deadline.id}:{number}" not in keys:
                    yield f"ping {number} about {name} is missing"
        if deadline.state == "running" and deadline.next_at is not None and deadline.next_at < evidence.settled_at:
            yield f"the clock forgot {name}"


def _alerts(evidence: Evidence, alert_after: timedelta) -> Iterator[str]:
    """Every case that is old enough was told to both desks."""
    told = {row.dedupe_key.split(":alert:")[0] + row.dedupe_key.rpartition(":desk:")[2] for row in evidence.outbox}
    for case in evidence.cases:
        if case.opened_at + alert_after >= evidence.settled_at:
            continue
        if not case.is_alerted:
            yield f"case {case.reference} was told to nobody"
        for desk in ("kh-duty", "cn-duty"):
            if f"case:{case.id}{desk}" not in told:
                yield f"case {case.reference} was not told to {desk}"


def _outbox(evidence: Evidence) -> Iterator[str]:
    """Every message was sent, or dropped for a reason; and what counts as sent did reach its messenger."""
    arrived = Counter(sent.words for sent in evidence.sent)
    claimed = Counter(row.words for row in evidence.outbox if row.state in _DONE)
    for row in evidence.outbox:
        if not _is_accounted_for(row, evidence):
            yield f"message {row.dedupe_key} is {row.state} ({row.reason or 'no reason'})"
    for words, times in claimed.items():
        if arrived[words] < times:
            yield f"{times - arrived[words]} messages to {words.chat} count as sent and never arrived"


def _is_accounted_for(row: OutboxKept, evidence: Evidence) -> bool:
    is_young = row.due_at is not None and row.due_at >= evidence.settled_at
    return row.state in _DONE or (row.state == "dropped" and bool(row.reason)) or is_young


def surplus(evidence: Evidence) -> Counter[Words]:
    """Count messages that arrived more often than there are rows for them."""
    arrived = Counter(sent.words for sent in evidence.sent)
    wanted = Counter(row.words for row in evidence.outbox)
    return arrived - wanted


def _in_flight(evidence: Evidence) -> Counter[Words]:
    """Messages that a process had handed over when it was killed, and that the database did not know as sent."""
    words = {row.id: row.words for row in evidence.outbox}
    flying: Counter[Words] = Counter()
    for life, rows in enumerate(evidence.unmarked):
        handed_over = Counter(sent.words for sent in evidence.sent if sent.life == life)
        flying += handed_over & Counter(words[row] for row in rows if row in words)
    return flying + under_way(evidence)


def _unexplained(doubled: Counter[Words], flying: Counter[Words]) -> Iterator[str]:
    for words, times in (doubled - flying).items():
        yield f"{times} messages to {words.chat} arrived twice and were not under way at a kill"


_CHECKS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    _acknowledged,
    _cases,
    _references,
    _calls,
    _pings,
    _outbox,
)
