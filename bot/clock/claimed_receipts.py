"""What a ping says of a receipt that was claimed by mail, and the button that records it as accepted. Pure."""

from __future__ import annotations

from bot.clock.alerts import act_button
from bot.domain.button_data import to_base36
from bot.domain.case import Case, Channel, Handoff
from bot.domain.case_acts import Act
from bot.domain.messages import Button
from bot.language.texts import tr
from bot.protection.redaction_policy import claimed_number

MAIL = "mail"  #: in an acceptance instead of a number: what was claimed by mail


def stamp(handoff: Handoff) -> str:
    """By what a button knows which claim it was shown for."""
    return to_base36(int(handoff.claimed_at.timestamp())) if handoff.claimed_at is not None else ""


def recorded_by(handoff: Handoff) -> str:
    """What follows the reference when a claim is accepted."""
    return f"{handoff.channel.value} {MAIL} {stamp(handoff)}"


def record_button(case: Case, handoff: Handoff, language: str) -> Button:
    """Offer to record a claimed receipt as accepted."""
    return act_button(case, tr(language, "Record as accepted"), Act.ACCEPT, recorded_by(handoff))


def named(text: str) -> str | None:
    """Read what stands for a claim in an acceptance: which one; empty for whichever, None where it says another thing.

    `text` is what follows the channel.
    """
    word, _, which = text.strip().partition(" ")
    return which.strip() if word.casefold() == MAIL and " " not in which.strip() else None


def claimed(case: Case, channel: Channel | None) -> Handoff | None:
    """The hand-off to a channel for which a receipt waits to be recorded."""
    handoff = case.handoff(channel) if channel is not None else None
    return handoff if handoff is not None and handoff.is_claimed else None


def in_ping(case: Case, channel: Channel | None, *, may_record: bool) -> str:
    """What a ping about a hand-off says of such a receipt, its number to who may record it; empty where none waits."""
    handoff = claimed(case, channel)
    if handoff is None:
        return ""
    if not may_record:
        return tr("en", "By the link in our mail it was said to be received. Somebody who may accept must record that.")
    return tr(
        "en",
        "By the link in our mail it was said to be received, under {number}. Somebody who may accept must record that.",
        number=claimed_number(handoff),
    )
