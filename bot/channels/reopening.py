"""A case that is opened again: its clock runs from now, and whatever it still waits for is waited for again."""

from __future__ import annotations

from bot.channels import joint_plans, referrals
from bot.channels.handoffs import with_handoff
from bot.clock import deadlines
from bot.domain.case import Case, DeadlineKind, HandoffState, Status
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.turns.composer import Composer


def opened_again(c: Composer, case: Case) -> Case:
    """Let a case that was closed or stood down run again. A channel that was left with it is nobody's own any more."""
    case = replace(
        case, closed_at=None, closed_by=None, closure=None, stood_down_at=None, acknowledged_at=None,
        acknowledged_by=None, lapsed_at=None, lapsed_by=None, pinged={}, status=Status.OPEN,
    )  # fmt: skip
    unanswered = (handoff for handoff in case.handoffs if handoff.state is HandoffState.SENT)
    case = with_handoff(case, *(replace(handoff, owner=None) for handoff in unanswered))
    case = deadlines.end(case, c.now, but=[DeadlineKind.ALERT])
    case = deadlines.rearm_from(case, case.policy(c.context.agreement), c.now, c.context.new_id)
    c.journal(JournalAct.REOPENED, case)
    return joint_plans.watched(c, referrals.again(c, case))
