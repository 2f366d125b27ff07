"""Answers that go back in the call that brought the message: what fits, and what is said of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.numbered_choices import as_text
from bot.delivery.split import fit, measure
from bot.domain.frozen import replace
from bot.domain.messages import Capabilities, Delivery, DeliveryState, Inbound, Outgoing, OutgoingKind
from bot.domain.turn import Mark, Turn

#: A messenger waits no longer for its answer; what did not go in the call by then is sent like any other message.
CALL = timedelta(seconds=6)


@dataclass(frozen=True, slots=True)
class InCall:
    """What goes back in the call."""

    reply: str
    rows: tuple[int, ...]  #: outbox ids of what is in it whole
    begun: int = 0  #: outbox id of a text of which it is the first part only

    def marks(self, at: datetime) -> tuple[Mark, ...]:
        """Say that it went."""
        whole = (Mark(row, DeliveryState.SENT, at, attempts=1, parts_done=1) for row in self.rows)
        rest = Mark(self.begun, DeliveryState.QUEUED, at, next_attempt_at=at, parts_done=1)
        return (*whole, *([rest] if self.begun else []))


def ride(turn: Turn, message: Inbound, capabilities: Capabilities, now: datetime) -> tuple[Turn, InCall | None]:
    """Take along what answers a message, as much as fits; the rest is sent."""
    answers = [o for o in turn.outgoing if _answers(o, message)]
    call = _whole(answers, capabilities) or _first_part(answers, capabilities)
    if call is None or turn.inbox is None:
        return turn, None
    taken = {*call.rows, call.begun}
    kept = (replace(o, not_before=now + CALL) if o.id in taken else o for o in turn.outgoing)
    return replace(turn, outgoing=tuple(kept), inbox=replace(turn.inbox, reply=call.reply)), call


def _answers(outgoing: Outgoing, message: Inbound) -> bool:
    is_now = outgoing.not_before is None and not outgoing.file
    return is_now and outgoing.kind is OutgoingKind.REPLY and outgoing.address == message.place


def _whole(answers: Sequence[Outgoing], capabilities: Capabilities) -> InCall | None:
    """Join answers from the first on while they fit and only the last has choices: numbers belong to one question."""
    joined = ""
    rows: list[int] = []
    for answer in answers:
        longer = "\n\n".join(filter(None, [joined, as_text(answer.text, answer.buttons)]))
        if measure(longer, capabilities.text_unit) > capabilities.text_limit:
            break
        joined = longer
        rows.append(answer.id)
        if answer.buttons:
            break
    return InCall(joined, tuple(rows)) if joined else None


def _first_part(answers: Sequence[Outgoing], capabilities: Capabilities) -> InCall | None:
    for answer in answers[:1]:
        _, parts = fit(Delivery(answer), capabilities)
        if len(parts) > 1:
            return InCall(parts[0], (), answer.id)
    return None
