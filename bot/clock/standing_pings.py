"""What the clock does after each turn: it plans warnings, and keeps pings that were sent true to the case. Pure.

A ping stands until the next one. Where what it says of the case has changed, it is changed in place; where it still
waits to be sent, it says what is so now.
"""

from __future__ import annotations

from datetime import datetime

from bot.clock import deadline_warnings
from bot.clock.ping_bundles import Bundle, bundle
from bot.clock.rungs import ladder_of, settled_after
from bot.domain.agreement import Agreement
from bot.domain.case import TIMERS, Case, Deadline
from bot.domain.frozen import replace
from bot.domain.last_ping import LastPing
from bot.domain.messages import OutgoingKind
from bot.domain.names import link
from bot.domain.policy import LevelPolicy
from bot.domain.recipients import Recipient, named
from bot.domain.turn import Turn
from bot.language.texts import tr
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View


def kept_true(turn: Turn, view: View, context: Context) -> Turn:
    """The turn with what follows from it for the clock. The view is as it was before the turn."""
    if not turn.cases:
        return turn
    cases = tuple(_planned(case, context) for case in turn.cases)
    both = [(view.case(case.id), case) for case in cases]
    stale = [(before, case) for before, case in both
             if before is not None and before.pinged and _differ(before, case, context.agreement)]  # fmt: skip
    if not stale:
        return replace(turn, cases=cases)
    c = Composer(context, view, actor="clock")
    for before, case in stale:
        _bring_up_to_date(c, before, case)
    said = c.finish()
    return replace(turn, cases=cases, outgoing=(*turn.outgoing, *said.outgoing),
                   withdrawals=(*turn.withdrawals, *said.withdrawals))  # fmt: skip


def _planned(case: Case, context: Context) -> Case:
    return deadline_warnings.planned(case, case.policy(context.agreement), context.now) if case.is_open else case


def _differ(before: Case, case: Case, agreement: Agreement) -> bool:
    return _spoken_of(before, before.policy(agreement)) != _spoken_of(case, case.policy(agreement))


def _spoken_of(case: Case, policy: LevelPolicy) -> tuple[Case, dict[str, datetime | None]]:
    """As much of a case as a ping that stands speaks of: which was last and when the next is due is not in it.

    How many there were matters only until every rung has begun.
    """
    deadlines = tuple(
        replace(each, pings=min(each.pings, _most(each, policy)), next_at=None) for each in case.deadlines
    )
    quiet = {name: last.quiet_until for name, last in case.pinged.items()}
    return replace(case, version=0, deadlines=deadlines, pinged={}), quiet


def _most(deadline: Deadline, policy: LevelPolicy) -> int:
    return 1 if deadline.kind in TIMERS else settled_after(ladder_of(policy, deadline.kind))


def _bring_up_to_date(c: Composer, before: Case, case: Case) -> None:
    for name, last in before.pinged.items():
        now = case.pinged.get(name)
        reader = named(name, c.context.agreement, c.view.directory)
        if last.place is not None and now is not None and now.key == last.key and reader is not None:
            _change(c, before, case, replace(reader, addresses=(last.place,)), last)


def _change(c: Composer, before: Case, case: Case, reader: Recipient, last: LastPing) -> None:
    said, says = (bundle(c, each, reader, counts=False) for each in (before, case))
    if said is None or said == says:
        return
    shown = says or _over(c, case)
    c.tell([reader], f"{last.key}:edit:{c.inbox_id}", shown.text, kind=OutgoingKind.EDIT, case=case,
           buttons=shown.buttons, replaces=last.key)  # fmt: skip
    runs = next((d.id for d in case.deadlines if d.is_running and d.pings), None)
    if says is not None and runs is not None:
        c.reword_ping(case, reader, last.key, shown.text, shown.buttons, runs)


def _over(c: Composer, case: Case) -> Bundle:
    lines = (case.reference, tr("en", "Nothing is late here any more."), link(c.context.public_url, case))
    return Bundle("\n".join(lines), ())
