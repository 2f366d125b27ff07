"""Which case was just spoken of with somebody: their next words are about it. Decides, does no I/O."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.messages import Address, Inbound, Kind, OutgoingKind
from bot.domain.typed_commands import command_of
from bot.ports.reads import Spoken
from bot.protection.permissions import may
from bot.relay import relay
from bot.turns.composer import Composer

#: How long what somebody wrote about a case is what the next words are about.
FRESH = timedelta(minutes=10)
#: What says nothing about which case is meant: changes of what stands there, and questions of the bridge itself.
_NOTHING_NEW = (OutgoingKind.EDIT, OutgoingKind.FILE, OutgoingKind.WINDOW, OutgoingKind.CALL)


def looked_for(message: Inbound) -> tuple[tuple[Address, datetime], ...]:
    """Where and since when to look for what was said, for somebody's own plain words in a private chat."""
    is_own = message.kind is Kind.TEXT and message.in_private and not message.origin
    is_plain = is_own and command_of(message) is None
    return ((message.place, message.received_at - FRESH),) if is_plain and message.place is not None else ()


def just_spoken_of(c: Composer) -> Case | None:
    """The one case that others wrote about here in the last minutes, when nothing reached the person about another."""
    spoken = _spoken(c)
    is_only_one = len({each.case_id for each in spoken}) == 1
    if not is_only_one or not any(each.kind is OutgoingKind.RELAY for each in spoken):
        return None
    case = c.case(spoken[0].case_id)
    if case is None or c.person is None or not c.view.leading_to(case).is_open:
        return None
    return case if may(c.person, Act.NOTE, case, c.context.agreement) else None


def asked_last(c: Composer) -> int | None:
    """The case about which somebody's question is the last that stands at the person."""
    newest = next(iter(_spoken(c)), None)
    return newest.case_id if newest is not None and relay.is_question(newest.kind, newest.key) else None


def _spoken(c: Composer) -> list[Spoken]:
    place = c.message.place if c.message is not None else None
    return [each for each in c.view.spoken_at(place) if each.kind not in _NOTHING_NEW]
