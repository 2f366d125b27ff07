"""What somebody forwards: words of others, with their origin. Nothing in it is a command, a tap or an answer. Pure.

Who said it first is a name, and goes to the secure case as everything does that points to a person.
"""

from __future__ import annotations

from bot.conversation.screening import Mode
from bot.domain.frozen import replace
from bot.domain.messages import Kind
from bot.language.texts import tr
from bot.turns.composer import Composer

_OF_ITS_OWN = (Kind.LOCATION, Kind.CONTACT)  #: what stands in these is no text of anybody


def mark(c: Composer) -> None:
    """Let the turn go on with forwarded words that say what they are; they were screened before."""
    message = c.message
    if message is None or not message.origin or message.kind in _OF_ITS_OWN:
        return
    whole = tr(
        "en", "Forwarded, first said by {origin}: {words}", origin=message.origin, words=c.withheld or message.text
    ).removesuffix(": ")
    if Mode(c.context.identity) is Mode.ALLOWED:
        c.message = replace(message, text=whole)
        return
    c.withheld = whole
    c.message = replace(message, text=tr("en", "Forwarded: {words}", words=message.text).removesuffix(": "))
