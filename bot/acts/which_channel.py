"""Which formal channel an act is about: read from its words, or asked; and the reason that some acts need."""

from __future__ import annotations

import re

from bot.acts.request import ActRequest, is_allowed, prompt
from bot.clock.alerts import act_button
from bot.domain.case import Channel
from bot.domain.names import channel_name, rows
from bot.language.folding import begins

_CHANNEL = re.compile(r"\W*(police|diplomatic|diplomacy|embassy|consulate)\b[\s,:;.]*", re.IGNORECASE)


def channel_of(text: str) -> tuple[Channel | None, str]:
    """Read a leading ``police`` or ``diplomatic`` and what follows."""
    found = begins(_CHANNEL, text)
    if found is None:
        return None, text.strip()
    return (Channel.POLICE if found[0][1].lower() == "police" else Channel.DIPLOMATIC), found[1].strip()


def ask_channel(request: ActRequest, sentence: str) -> None:
    """Ask which channel is meant, with a button for each."""
    case, language = request.case, request.language
    choices = [act_button(case, channel_name(channel, language), request.act, channel.value) for channel in Channel]
    prompt(request, sentence, buttons=rows(choices))


def channel_and_reason(
    request: ActRequest, *, otherwise: Channel | None, which: str, why: str
) -> tuple[Channel, str] | None:
    """Read the channel, if this person may do that to it, and why; asks for what is missing, and reads nothing then."""
    channel, reason = channel_of(request.text)
    channel = channel or otherwise
    if channel is None:
        ask_channel(request, which)
    elif not is_allowed(request, channel):
        pass  # they have heard it
    elif not reason:
        prompt(request, why, channel.value)
    else:
        return channel, reason
    return None
