"""Writes down what a run left behind, moment by moment, for whoever looks for the cause of a finding."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from tests.faults.cluster.history import History
from tests.faults.cluster.nodes import asking
from tests.faults.cluster.witness import Witness

_OUTBOX = text(
    "SELECT o.created_at, o.address, o.id, o.dedupe_key, i.external_id AS answers, o.state, o.attempts, o.priority,"
    " o.next_attempt_at, o.not_before, o.leased_until, o.leased_by, o.sent_at, o.holds, o.reason FROM outbox o"
    " LEFT JOIN inbox i ON o.dedupe_key LIKE 'reply:' || i.id || ':%'"
)
_INBOX = text("SELECT received_at, place, id, external_id, state FROM inbox")


def write_story(file: Path, server: str, history: History, witness: Witness) -> None:
    """A line a thing, in the order of time."""
    lines = sorted([*_seen(history, witness), *_kept(server)])
    file.write_text("\n".join(f"{at:%H:%M:%S.%f} {line}" for at, line in lines), "utf-8")


def _seen(history: History, witness: Witness) -> Iterator[tuple[datetime, str]]:
    for arrival in history.arrivals:
        heard = "" if arrival.is_answered else ", not answered"
        said = arrival.words.text[:60].replace("\n", " ")
        yield witness.at(arrival.tick), f"arrived at {arrival.words.chat} from node {arrival.node}{heard}: {said}"
    for call in history.in_calls:
        said = "nothing, it broke" if call.answer is None else call.answer[:60].replace("\n", " ")
        yield witness.at(call.tick), f"the call that brought {call.update_id} to node {call.node} was answered: {said}"
    for trouble in history.troubles:
        where = "" if trouble.node is None else f" at node {trouble.node}"
        yield witness.at(trouble.began), f"{trouble.kind}{where} begins"
        yield witness.at(trouble.ended), f"{trouble.kind}{where} ends"


def _kept(server: str) -> Iterator[tuple[datetime, str]]:
    with asking(server) as connection:
        for table, query in {"outbox": _OUTBOX, "inbox": _INBOX}.items():
            for row in connection.execute(query).mappings():
                (_, at), *rest = row.items()
                told = ", ".join(f"{name} {_short(value)}" for name, value in rest if value not in (None, ""))
                yield at, f"{table}: {told}"


def _short(value: object) -> str:
    return f"{value:%H:%M:%S.%f}" if isinstance(value, datetime) else str(value)
