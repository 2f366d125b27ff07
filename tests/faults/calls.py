"""Reads what went back in calls: which messages of the outbox were in it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.faults.evidence import Evidence, OutboxKept, Sent, Words


def with_answers(evidence: Evidence) -> Evidence:
    """Count what was answered in calls as arrived."""
    riding = riding_in_calls(evidence)
    answered = (
        Sent(row.words, call.life) for call in evidence.calls if call.answer for row in riding.get(call.update_id, [])
    )
    return replace(evidence, sent=(*evidence.sent, *answered))


def under_way(evidence: Evidence) -> Counter[Words]:
    """What may arrive once more because a kill broke the call that it would have gone back in."""
    riding = riding_in_calls(evidence)
    broken = (call.update_id for call in evidence.calls if call.answer is None)
    return Counter(row.words for update_id in broken for row in riding.get(update_id, []))


def riding_in_calls(evidence: Evidence) -> dict[str, list[OutboxKept]]:
    """Find the messages in each kept answer, by what it answers."""
    kept = {f"reply:{row.id}": row for row in evidence.inbox}
    riding: dict[str, list[OutboxKept]] = {}
    for row in evidence.outbox:
        answered = kept.get(row.dedupe_key.rpartition(":")[0])
        if answered is not None and row.in_call and row.in_call in answered.reply:
            riding.setdefault(answered.update_id, []).append(row)
    return riding
