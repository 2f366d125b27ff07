"""What an officer hears of who is told of their case: no more than is true where a desk cannot be reached. Pure."""

from __future__ import annotations

from bot.clock import alerts
from bot.domain.case import Case
from bot.domain.recipients import can_be_reached
from bot.language.texts import tr
from bot.turns.composer import Composer


def out_of_reach(c: Composer, case: Case) -> tuple[str, ...]:
    """The sides of a case of whose desk nobody can be reached now."""
    sides = filter(None, (case.reporting, case.requested))
    return tuple(side for side in sides if not can_be_reached(alerts.desk_of(c, side)))


def later_or_now(c: Composer, case: Case, minutes: int) -> str:
    """Say which desks are told now, or in some minutes, and whom somebody has to call."""
    gone = out_of_reach(c, case)
    return _join(_of_own_desk(c, case, minutes) if case.reporting not in gone else "", *_calls(c, gone))


def _of_own_desk(c: Composer, case: Case, minutes: int) -> str:
    if minutes == 0 or case.alerted_at is not None:
        return tr(c.language, "Your own desk is told now.")
    return tr(c.language, "Your own desk is told after three answers, at the latest in {minutes} minutes.",
              minutes=minutes)  # fmt: skip


def by_now(c: Composer, case: Case) -> str:
    """Say the same of a case that was just sent; empty where all desks can be reached."""
    gone = out_of_reach(c, case)
    if not gone:
        return ""
    own = "" if case.reporting in gone else tr(c.language, "Your own desk is told.")
    other = "" if not case.requested or case.requested in gone else tr(c.language, "{party} is told.",
                                                                       party=case.requested)  # fmt: skip
    return _join(own, other, *_calls(c, gone))


def _calls(c: Composer, gone: tuple[str, ...]) -> list[str]:
    return [tr(c.language, "At {party} nobody can be reached now. Please call them.", party=party) for party in gone]


def _join(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
