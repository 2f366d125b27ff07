"""What is said of the phone calls of a case: when somebody was called, and whether they answered. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.closed_sets import for_each
from bot.domain.messages import Delivery, DeliveryState, OutgoingKind
from bot.domain.names import moment
from bot.domain.phone_calls import CallResult
from bot.language.texts import later, tr

_NEWEST = 6  #: calls to one recipient that are told
_BECAME = for_each(
    CallResult,
    {
        CallResult.ANSWERED: later("called {moment}, answered"),
        CallResult.UNANSWERED: later("called {moment}, not answered"),
        CallResult.FAILED: later("called {moment}, did not get through"),
    },
)


def calls_by_recipient(
    deliveries: Iterable[Delivery], case: Case, agreement: Agreement, language: str
) -> dict[str, str]:
    """Tell of the newest calls to each recipient, by their name: ``called 14:31, not answered; called 14:39, ...``."""
    told: dict[str, list[str]] = {}
    for delivery in deliveries:
        words = call_words(delivery, case, agreement, language)
        if words:
            told.setdefault(delivery.message.recipient, []).append(words)
    return {recipient: "; ".join(words[-_NEWEST:]) for recipient, words in told.items()}


def call_words(delivery: Delivery, case: Case, agreement: Agreement, language: str) -> str:
    """Tell of one call; empty for what is none, or is still to be made, or was not needed any more."""
    if delivery.message.kind is not OutgoingKind.CALL or delivery.state is DeliveryState.DROPPED:
        return ""
    at = delivery.sent_at or delivery.message.created_at
    when = moment(at, case, agreement) if at is not None else ""
    if delivery.outcome:
        return tr(language, _BECAME[CallResult(delivery.outcome)], moment=when)
    if delivery.sent_at is not None:
        return tr(language, "called {moment}, no word yet whether it was answered", moment=when)
    is_tried = delivery.attempts > 0 or delivery.state is DeliveryState.PARKED
    return tr(language, "could not be called {moment}", moment=when) if is_tried else ""
