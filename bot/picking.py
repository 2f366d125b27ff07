"""What a typed number means where choices have no buttons: which question it answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot import buttons
from bot.acts.request import PROMPT_FOR
from bot.case import Conversation
from bot.fields import FieldKind, field, is_field
from bot.messages import Button, Delivery, Inbound, Kind
from bot.numbering import OPEN_KINDS, numbered, word_of
from bot.questions import word_button
from bot.words import plain, whole_number

#: Questions whose typed numbers are read as they are numbered here anyway, several at once too.
_READ_AS_NUMBERED = (FieldKind.CHOICE, FieldKind.CHOICES)
_DONE = "done"
_ABOUT = 60  #: characters that tell one question from another


def may_pick(message: Inbound) -> bool:
    """Whether it may stand for a choice: a number by itself, or the word that ends a choice of several."""
    is_said = message.kind is Kind.TEXT and message.in_private
    return is_said and (whole_number(message.text) is not None or plain(message.text) == _DONE)


def picked(message: Inbound, offers: Sequence[Delivery], conversation: Conversation) -> tuple[Button, ...]:
    """Say for which of the choices that were offered lately, newest first, a number may stand.

    None: it is words like any others. One: as if it were tapped. Several: it fits more than one question, and they
    come with labels that tell them apart.
    """
    if plain(message.text) == _DONE:
        return tuple(_done(offers, conversation))[:1]
    found = _apart([*_in_talk(message, offers, conversation), *_told_since(message, offers, conversation)])
    if len(found) > 1:
        return tuple(replace(button, label=f"{about}: {button.label}") for about, button in found)
    return tuple(button for _, button in found if not _is_read_anyway(button, conversation))


_Candidate = tuple[str, Button]  #: what the question was about, and the choice


def _in_talk(message: Inbound, offers: Sequence[Delivery], conversation: Conversation) -> Iterator[_Candidate]:
    """The question last asked in the conversation itself."""
    prompted = _prompted_at(message, conversation)
    question = next(_replies(offers), None)
    if prompted is not None or _is_for_words(question, conversation):
        about = _about(question) if prompted is None and question is not None else ""
        yield about or message.text, word_button(message.text, "typed", message.text)
    elif question is not None:
        yield from _choice(question, message.text, conversation)


def _told_since(message: Inbound, offers: Sequence[Delivery], conversation: Conversation) -> Iterator[_Candidate]:
    """What was told of itself since then, such as a ping with its acts."""
    prompted = _prompted_at(message, conversation)
    question = next(_replies(offers), None)
    for offer in offers:
        sent = offer.message
        is_later = question is None or sent.id > question.message.id
        if prompted is not None and sent.created_at is not None:
            is_later = sent.created_at > prompted
        if sent.kind != "reply" and is_later:
            yield from _choice(offer, message.text, conversation)


def _choice(offer: Delivery, text: str, conversation: Conversation) -> Iterator[_Candidate]:
    choices, number = numbered(offer.message.buttons), whole_number(text) or 0
    if 1 <= number <= len(choices) and _is_open(offer, choices[number - 1], conversation):
        yield _about(offer), choices[number - 1]


def _replies(offers: Iterable[Delivery]) -> Iterator[Delivery]:
    return (offer for offer in offers if offer.message.kind == "reply")


def _is_open(offer: Delivery, button: Button, conversation: Conversation) -> bool:
    """Whether a question still waits; what an act's button may do is looked at when it is done."""
    promise = buttons.parse(button.data)
    if not isinstance(promise, buttons.Choice) or offer.message.kind != "reply":
        return promise is not None
    return promise.choice == "ask" or _is_asked(promise, conversation) or not conversation.asking


def _is_asked(promise: buttons.Choice, conversation: Conversation) -> bool:
    return (conversation.case_id, conversation.asking) == (promise.case_id, promise.field)


def _is_for_words(question: Delivery | None, conversation: Conversation) -> bool:
    """Whether the question last asked takes the number itself as its answer: how many, how old, when."""
    asking = conversation.asking
    if not is_field(asking) or field(asking).kind not in OPEN_KINDS:
        return False
    return question is None or not numbered(question.message.buttons)


def _is_read_anyway(button: Button, conversation: Conversation) -> bool:
    promise = buttons.parse(button.data)
    if isinstance(promise, buttons.Word):
        return promise.word == "typed"
    if not isinstance(promise, buttons.Choice) or not is_field(promise.field):
        return False
    return _is_asked(promise, conversation) and field(promise.field).kind in _READ_AS_NUMBERED


def _done(offers: Sequence[Delivery], conversation: Conversation) -> Iterator[Button]:
    for question in _replies(offers):
        for row in question.message.buttons:
            for button in row:
                promise = buttons.parse(button.data)
                is_asked = isinstance(promise, buttons.Choice) and _is_asked(promise, conversation)
                if word_of(button) == _DONE and is_asked:
                    yield button


def _prompted_at(message: Inbound, conversation: Conversation) -> datetime | None:
    """Since when the words of an act are waited for in this place; None when none are."""
    prompt = conversation.pending.get("prompt")
    if not isinstance(prompt, Mapping) or prompt.get("place") != str(message.place):
        return None
    until = datetime.fromisoformat(str(prompt["until"]))
    return until - PROMPT_FOR if until >= message.received_at else None


def _about(offer: Delivery) -> str:
    line = offer.message.text.partition("\n")[0]
    return line if len(line) <= _ABOUT else f"{line[: _ABOUT - 1]}\N{HORIZONTAL ELLIPSIS}"


def _apart(found: Iterable[_Candidate]) -> list[_Candidate]:
    """Keep the newest of those that mean the same: a ping that was repeated offers nothing new."""
    kept: dict[object, _Candidate] = {}
    for about, button in found:
        promise = buttons.parse(button.data)
        meaning = replace(promise, stage=0) if isinstance(promise, buttons.Act) else promise
        kept.setdefault(meaning, (about, button))
    return list(kept.values())
