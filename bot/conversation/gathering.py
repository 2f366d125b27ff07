"""A file of an album, kept until no more of it comes; what is done then is in `albums`. No I/O."""

from __future__ import annotations

from bot.domain import albums
from bot.domain.messages import Inbound
from bot.turns.composer import Composer


def add(c: Composer, message: Inbound) -> None:
    """Keep a file of an album with those before it; they are answered when no more comes."""
    before = albums.gathered(c.conversation.gathering)
    whole = albums.joined(before, message) if before is not None else message
    c.move(gathering=albums.as_json(whole, c.now + albums.GATHERED_FOR))
    c.keep_content = message.in_private
