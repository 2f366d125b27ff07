"""The acts worth a button for a person on a case as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.acts.finding import is_among_own
from bot.channels.waiting_steps import asks_other_side
from bot.clock import alerts
from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case, Channel
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.messages import Keyboard
from bot.domain.names import rows
from bot.domain.people import Person, Role
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.fitting import fits
from bot.protection.permissions import may
from bot.protection.redaction_policy import Way, sees_plan
from bot.protection.standings import Reader
from bot.turns.composer import Composer

#: The acts with a button below what is said about a case; those of a channel have one for each channel.
_LABELS = for_each(
    Act,
    {
        Act.ACK: later("Acknowledge"),
        Act.ACCEPT: later("Accepted by {channel}"),
        Act.RETURN: later("Return from {channel}"),
        Act.HANDOFF: later("Hand to {channel}"),
        Act.REFUSE: later("Refuse for {channel}"),
        Act.ANSWER: later("Answer"),
        Act.REMIND: later("Remind them"),
        Act.RECALL: later("Take back from {channel}"),
        Act.STOPPED: later("We have stopped"),
        Act.WRITTEN: later("Letter sent"),
        Act.CLOSE: later("Close"),
        Act.REOPEN: later("Reopen"),
        Act.WRONG: later("This is wrong"),
        Act.STANDDOWN: later("Stand down"),
        Act.ASSIGN: later("Assign to me"),
        Act.OPERATION: later("Joint operation"),
        Act.REFER: later("Refer to support"),
        Act.DECIDE: later("Decide on police"),
        Act.ALTERNATIVE: later("Decide an alternative"),
        Act.DISCARD: later("Delete this exercise"),
    },
    but={
        Act.LIAISON, Act.DELIVERED, Act.CLARIFY, Act.LATE, Act.SNOOZE, Act.ONIT, Act.URGENCY, Act.WITHDRAW, Act.NOTE,
        Act.MEMO,
        Act.ENGLISH, Act.OWNSIDE, Act.PERSON, Act.NOTNEEDED, Act.CONSENT, Act.PROTECT, Act.GUARDIAN, Act.INTEREST,
        Act.VITAL, Act.RELEASE, Act.HOLD, Act.UNHOLD, Act.SAME, Act.RELATED, Act.DIFFERENT,
    },
)  # fmt: skip


def is_offered(act: Act, person: Person, case: Case, agreement: Agreement, channel: Channel | None = None) -> bool:
    """Whether an act is worth a button or a form: the person may do it, it fits the case, and its gate asks for it."""
    return (
        may(person, act, case, agreement, channel)
        and fits(act, case, channel)
        and _is_asked_for(act, person, case, agreement, channel)
    )


def _is_asked_for(act: Act, person: Person, case: Case, agreement: Agreement, channel: Channel | None) -> bool:
    asked = _ASKED_FOR.get(act)
    return asked is None or asked(person, case, agreement, channel)


def _is_at_its_gate(person: Person, case: Case, agreement: Agreement, channel: Channel | None) -> bool:
    return channel is None or gates.offers_handoff(case, channel, person.party, agreement)


def _is_vital(_person: Person, case: Case, _agreement: Agreement, _channel: Channel | None) -> bool:
    return not gates.may_be_child(case) and case.value(gates.CONSENT[Channel.POLICE]) != "yes"


def _sees_plan(person: Person, case: Case, agreement: Agreement, _channel: Channel | None) -> bool:
    return sees_plan(case, Reader(person.party), Way.CASE, agreement)


def _is_pinged(person: Person, case: Case, _agreement: Agreement, _channel: Channel | None) -> bool:
    is_late = any(d.is_running and d.pings and not d.is_timer for d in case.deadlines)
    return is_late and person.role is not Role.OFFICER


def _has_support_desk(person: Person, _case: Case, agreement: Agreement, _channel: Channel | None) -> bool:
    return bool(agreement.desks_of(person.party, DeskRole.SUPPORT))


def _wants_support(person: Person, case: Case) -> bool:
    """Whether help is asked for that a support desk gives, or somebody is safe, and none of the own side's has it."""
    asked = case.value("assistance")
    wants = isinstance(asked, tuple) and not _SUPPORT.isdisjoint(asked)
    has_one = any(referral.is_live for referral in case.referrals if referral.party == person.party)
    return not has_one and (wants or case.value("situation") == "in_safe_place")


_SUPPORT = frozenset({"safe_shelter", "medical_care", "interpreter", "family_contact"})
#: What a gate asks for, and when; all other acts are worth a button wherever they fit.
_ASKED_FOR: Mapping[Act, Callable[[Person, Case, Agreement, Channel | None], bool]] = for_each(
    Act,
    {
        Act.ONIT: _is_pinged,
        Act.HANDOFF: _is_at_its_gate,
        Act.REMIND: lambda person, case, agreement, _channel: asks_other_side(case, person.party, agreement),
        Act.OPERATION: _sees_plan,
        Act.REFER: _has_support_desk,
        Act.GUARDIAN: lambda _person, case, _agreement, _channel: gates.may_be_child(case),
        Act.INTEREST: lambda _person, case, _agreement, _channel: gates.may_be_child(case),
        Act.VITAL: _is_vital,
        Act.DECIDE: lambda _person, case, agreement, _channel: gates.needs_decision(case, agreement),
        Act.ALTERNATIVE: lambda _person, case, agreement, _channel: gates.wants_alternative(case, agreement),
    },
    but={
        Act.ACK, Act.ASSIGN, Act.LIAISON, Act.SNOOZE, Act.URGENCY, Act.STANDDOWN, Act.CLOSE, Act.REOPEN,
        Act.WITHDRAW,
        Act.WRONG, Act.NOTE, Act.MEMO, Act.ENGLISH, Act.OWNSIDE, Act.PERSON, Act.ACCEPT, Act.RETURN, Act.DELIVERED,
        Act.REFUSE, Act.CLARIFY, Act.ANSWER, Act.LATE, Act.RECALL, Act.STOPPED, Act.WRITTEN, Act.NOTNEEDED,
        Act.CONSENT, Act.PROTECT, Act.RELEASE, Act.HOLD, Act.UNHOLD, Act.SAME, Act.RELATED, Act.DIFFERENT, Act.DISCARD,
    },
)  # fmt: skip


#: What only a desk records, by the act that records it, and what its button says.
_RECORDED = {
    gates.GUARDIAN: (Act.GUARDIAN, later("Name the guardian")),
    gates.BEST_INTERESTS: (Act.INTEREST, later("Say why it is best")),
    gates.VITAL_INTEREST: (Act.VITAL, later("Say why it is vital")),
}


def recording(case: Case, missing: Iterable[str]) -> Keyboard:
    """A button for each thing that is missing before a hand-off and that the reporting side's desk records."""
    found = [_RECORDED[name] for name in dict.fromkeys(missing) if name in _RECORDED]
    return rows([alerts.act_button(case, tr("en", label), act) for act, label in found])


def buttons_for(case: Case, person: Person, c: Composer) -> Keyboard:
    """The acts worth a button for a person on a case as it stands."""
    agreement = c.context.agreement
    found = [(label, act, word) for label, act, word, channel in _worth_a_button(case, person, c)
             if is_offered(act, person, case, agreement, channel)]  # fmt: skip
    return rows([alerts.act_button(case, label, act, argument) for label, act, argument in found])


def _worth_a_button(case: Case, person: Person, c: Composer) -> Iterator[tuple[str, Act, str, Channel | None]]:
    """Go through label, act, argument and channel of all that may be offered, in order."""
    language = person.language
    yield tr(language, _LABELS[Act.ACK]), Act.ACK, "", None
    for channel in Channel:
        for act in (Act.ACCEPT, Act.RETURN, Act.RECALL, Act.HANDOFF):
            yield tr(language, _LABELS[act], channel=channel.value), act, channel.value, channel
    for act in (Act.STOPPED, Act.REMIND, Act.WRITTEN, Act.CLOSE, Act.REOPEN, Act.WRONG, Act.STANDDOWN):
        yield tr(language, _LABELS[act]), act, "", None
    if person.id not in case.assignees:
        yield tr(language, _LABELS[Act.ASSIGN]), Act.ASSIGN, "me", None
    yield tr(language, _LABELS[Act.OPERATION]), Act.OPERATION, "", None
    if _wants_support(person, case):
        yield tr(language, _LABELS[Act.REFER]), Act.REFER, "", None
    if is_among_own(c, person.party):
        for act in (Act.DECIDE, Act.ALTERNATIVE):
            yield tr(language, _LABELS[act]), act, "", None
