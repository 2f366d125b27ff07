"""Whether an act makes sense in a case's present state, whoever asks for it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.case import WITH_ITS_DESK, Case, Channel, DeadlineKind, Handoff, HandoffState, Status
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.subjects import numbers
from bot.protection.gates import covered


def fits(act: Act, case: Case, channel: Channel | None = None) -> bool:
    """Whether an act makes sense in the case's present state, so that it is worth a button."""
    if act not in _FITS_ENDED and not case.is_open and not (act in _FITS_OWNED and _is_owned(case, channel)):
        return False
    handoff = case.handoff(channel) if channel else None
    if channel and handoff is None and act in _OF_A_HANDOFF:
        return False
    fitting = _FITS.get(act)
    return fitting is None or fitting(case, handoff)


def _is_owned(case: Case, channel: Channel | None) -> bool:
    """Whether a hand-off was left with its channel when the case was closed."""
    return any(h.owner is not None and channel in (None, h.channel) for h in case.handoffs if h.state in WITH_ITS_DESK)


def _can_be_handed_off(case: Case, handoff: Handoff | None) -> bool:
    if handoff is None or handoff.state in (HandoffState.DRAFTED, HandoffState.BLOCKED):
        return True
    return bool(set(numbers(case)) - covered(case, handoff.channel))


def _waits_at_its_desk(_case: Case, handoff: Handoff | None) -> bool:
    return handoff is not None and handoff.state is HandoffState.SENT


def _is_with_its_desk(case: Case, handoff: Handoff | None) -> bool:
    given = handoff if handoff is not None else next((h for h in case.handoffs if h.state in WITH_ITS_DESK), None)
    return given is not None and given.state in WITH_ITS_DESK


def _must_stop(case: Case, _handoff: Handoff | None) -> bool:
    return any(handoff.must_stop for handoff in case.handoffs)


def _is_asked(case: Case, _handoff: Handoff | None) -> bool:
    return any(deadline.kind is DeadlineKind.REPLY and deadline.is_running for deadline in case.deadlines)


def _lacks_a_letter(case: Case, _handoff: Handoff | None) -> bool:
    return any(h.state is HandoffState.ACCEPTED and not h.letter_reference for h in case.handoffs)


def _has_joint_operation(case: Case, _handoff: Handoff | None) -> bool:
    asked = case.value("assistance")
    return case.plan is not None or (isinstance(asked, tuple) and "joint_operation" in asked)


def _is_undecided(case: Case, _handoff: Handoff | None) -> bool:
    return case.diplomatic_not_needed_at is None and case.handoff(Channel.DIPLOMATIC) is None


#: Acts that may make sense for a case that has ended.
_FITS_ENDED = frozenset(
    {Act.REOPEN, Act.WRONG, Act.HOLD, Act.UNHOLD, Act.SAME, Act.RELATED, Act.DIFFERENT, Act.STOPPED, Act.OWNSIDE}
    | {Act.DISCARD}
)
#: Acts about what a channel was handed: where it is named and has nothing, there is nothing to do.
_OF_A_HANDOFF = frozenset({Act.REFUSE, Act.DELIVERED, Act.RECALL})
#: Acts of a channel that was left with what it was handed.
_FITS_OWNED = frozenset({Act.ACCEPT, Act.RETURN, Act.REFUSE, Act.RECALL})
#: Whether an act makes sense for a case, given its hand-off to the channel that is meant; the others always do.
_FITS: Mapping[Act, Callable[[Case, Handoff | None], bool]] = for_each(
    Act,
    {
        Act.ACK: lambda case, _handoff: case.acknowledged_at is None,
        Act.STANDDOWN: lambda case, _handoff: case.stood_down_at is None,
        Act.REOPEN: lambda case, _handoff: case.status is Status.CLOSED or case.stood_down_at is not None,
        Act.WRONG: lambda case, _handoff: not case.is_open,
        Act.OPERATION: _has_joint_operation,
        Act.HANDOFF: _can_be_handed_off,
        Act.ACCEPT: _waits_at_its_desk,
        Act.RETURN: _waits_at_its_desk,
        Act.REMIND: lambda case, _handoff: bool(case.requested),
        Act.REFUSE: _is_with_its_desk,
        Act.DELIVERED: _is_with_its_desk,
        Act.ANSWER: _is_asked,
        Act.RECALL: _is_with_its_desk,
        Act.STOPPED: _must_stop,
        Act.WRITTEN: _lacks_a_letter,
        Act.NOTNEEDED: _is_undecided,
        Act.HOLD: lambda case, _handoff: case.held_at is None,
        Act.UNHOLD: lambda case, _handoff: case.held_at is not None,
        Act.DISCARD: lambda case, _handoff: case.exercise and case.discarded_at is None,
    },
    but={
        Act.ASSIGN, Act.LIAISON, Act.REFER, Act.SNOOZE, Act.ONIT, Act.URGENCY, Act.CLOSE, Act.WITHDRAW, Act.CLARIFY,
        Act.LATE, Act.NOTE, Act.MEMO, Act.ENGLISH, Act.OWNSIDE, Act.PERSON, Act.CONSENT, Act.PROTECT,
        Act.GUARDIAN, Act.INTEREST, Act.VITAL, Act.DECIDE, Act.ALTERNATIVE, Act.RELEASE,
        Act.SAME, Act.RELATED, Act.DIFFERENT,
    },
)  # fmt: skip
