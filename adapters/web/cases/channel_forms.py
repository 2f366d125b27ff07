"""The forms for what happens to a hand-off at its channel: accepted, returned, refused, delivered, taken back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from adapters.web.cases.gate_forms import Input
from bot.domain.case import Channel, RefusalCode
from bot.domain.case_acts import Act
from bot.domain.names import channel_name, refusal_name
from bot.language.texts import tr


def inputs(act: Act, language: str, channels: Iterable[Channel]) -> tuple[Input, ...]:
    """List the questions of a form: which of the channels it is about, and what the act needs besides."""
    choices = tuple((channel.value, channel_name(channel, language)) for channel in channels)
    return (Input("channel", tr(language, "Channel"), "select", choices), *_BESIDES[act](language))


def _accepted(language: str) -> tuple[Input, ...]:
    formal = Input("formal", tr(language, "Formal reference"))
    return formal, Input("officer", tr(language, "Named officer who accepted"))


def _refused(language: str) -> tuple[Input, ...]:
    codes = tuple((code.value, refusal_name(code, language)) for code in RefusalCode)
    why = Input("code", tr(language, "Reason"), "select", codes)
    return why, Input("text", tr(language, "One line, in English"))


def _delivered(language: str) -> tuple[Input, ...]:
    return (Input("whom", tr(language, "Who took it")),)


def _reason(language: str) -> tuple[Input, ...]:
    return (Input("reason", tr(language, "Reason")),)


_BESIDES: Mapping[Act, Callable[[str], tuple[Input, ...]]] = MappingProxyType(
    {
        Act.ACCEPT: _accepted,
        Act.RETURN: _reason,
        Act.DELIVERED: _delivered,
        Act.REFUSE: _refused,
        Act.RECALL: _reason,
    }
)
#: The acts with such forms, in the order in which a page shows them.
ACTS = tuple(_BESIDES)
