"""Whoever writes as a group or a channel is nobody: nothing is done, and in a desk's own group it is said why. Pure."""

from __future__ import annotations

from bot.domain.messages import Address, Kind
from bot.domain.typed_commands import ABOUT_CASE, command_of, is_known
from bot.language.texts import tr
from bot.turns.composer import Composer


def tell(c: Composer) -> None:
    """Say how to act to somebody who gives a command without a name, where a desk reads it; else nothing."""
    message = c.message
    if message is None or message.sender is not None or message.kind is not Kind.TEXT:
        return
    command = command_of(message)
    is_meant = command is not None and (command.has_slash or command.name in ABOUT_CASE) and is_known(command)
    if not is_meant or not _is_desks(c, message.place):
        return
    c.say(
        tr(
            c.language,
            "Nothing was done: you wrote as the group, so I cannot see who you are. Turn off 'Remain anonymous' for "
            "yourself in the group's list of admins, or write to me in a private chat, and send it again.",
        )
    )


def _is_desks(c: Composer, place: Address | None) -> bool:
    """Whether a place is the address of a desk."""
    desks = c.context.agreement.desks.values()
    return place is not None and any(place in desk.addresses for desk in desks)
