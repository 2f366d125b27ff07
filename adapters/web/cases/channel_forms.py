"""The forms for what happens to a hand-off at its channel: accepted, returned, refused, delivered, taken back. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.web.cases.gate_forms import Input
from bot.domain.case import Channel, RefusalCode
from bot.domain.case_acts import Act
from bot.domain.names import channel_name, refusal_name
from bot.language.texts import tr

#: The acts with such forms, in the order in which a page shows them.
ACTS = (Act.ACCEPT, Act.RETURN, Act.DELIVERED, Act.REFUSE, Act.RECALL)


def inputs(act: Act, language: str, channels: Iterable[Channel]) -> tuple[Input, ...]:
    """List the questions of a form: which of the channels it is about, and what the act needs besides."""
    choices = tuple((channel.value, channel_name(channel, language)) for channel in channels)
    return (Input("channel", tr(language, "Channel"), "select", choices), *_besides(act, language))


def _besides(act: Act, language: str) -> tuple[Input, ...]:
    match act:
        case Act.ACCEPT:
            formal = Input("formal", tr(language, "Formal reference"))
            return formal, Input("officer", tr(language, "Named officer who accepted"))
        case Act.REFUSE:
            codes = tuple((code.value, refusal_name(code, language)) for code in RefusalCode)
            why = Input("code", tr(language, "Reason"), "select", codes)
            return why, Input("text", tr(language, "One line, in English"))
        case Act.DELIVERED:
            return (Input("whom", tr(language, "Who took it")),)
        case _:
            return (Input("reason", tr(language, "Reason")),)
