"""What people send that we cannot take, by kind. Pure."""

from __future__ import annotations

from enum import StrEnum


class Unreceived(StrEnum):
    """What a person sent that we cannot take; they are told so, and what to do instead."""

    STICKER = "sticker"
    POLL = "poll"
    STORY = "story"
    CHECKLIST = "checklist"
    DICE = "dice"
    PAID = "paid"  #: photos and videos behind a price
    PAYMENT = "payment"  #: an invoice, a gift, a giveaway
    GAME = "game"
    OTHER_BOT = "other_bot"  #: a command for another bot
    EMPTY = "empty"  #: a text without a sign that can be seen
    NEW = "new"  #: whatever else a messenger knows, or will know
