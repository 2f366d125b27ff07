"""What a typed number means where choices have no buttons: which question it answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.acts.request import PROMPT_FOR
from bot.delivery.numbered_choices import numbered, word_of
from bot.domain import button_data
from bot.domain.conversation import Conversation
from bot.domain.fields import FieldKind, field, is_field
from bot.domain.frozen import replace
from bot.domain.messages import Button, Delivery, DeliveryState, Inbound, Kind, OutgoingKind
from bot.intake.question_texts import word_button
from bot.intake.several_choices import code_of
from bot.intake.understanding import WRONG
from bot.language.normalise import plain, whole_number
from bot.language.texts import tr

#: Questions whose typed numbers are read as they are numbered here anyway, several at once too.
_READ_AS_NUMBERED = (FieldKind.CHOICE, FieldKind.CHOICES)
_DONE = "done"
_ABOUT = 60  #: characters that tell one question from another
_CLOSE = timedelta(seconds=1)  #: which of two messages stands last is not known when they went closer than this
_ON_ITS_WAY = datetime.max.replace(tzinfo=UTC)  #: later than everything that is known to have been shown


def may_pick(message: Inbound) -> bool:
    """Whether it may stand for a choice: a number by itself, or the word that ends a choice of several."""
    is_said = message.kind is Kind.TEXT and message.in_private and not message.origin
    return is_said and (whole_number(message.text) is not None or plain(message.text) == _DONE)


def picked(message: Inbound, offers: Iterable[Delivery], conversation: Conversation) -> tuple[Button, ...]:
    """Say for which of the choices that were offered lately a number may stand.

    None: it is words like any others. One: as if it were tapped. Several: it fits more than one question, and they
    come with labels that tell them apart. What was offered without numbers comes without choices.
    """
    shown = _as_shown(offers, message)
    if plain(message.text) == _DONE:
        return tuple(_done(shown, conversation))[:1]
    found = _apart([*_in_talk(message, shown, conversation), *_told_since(message, shown, conversation)])
    found += _to_others(message, shown) if found else []
    if len(found) > 1:
        return tuple(replace(button, label=f"{about}: {button.label}") for about, button in found)
    return tuple(button for _, button in found if not _is_read_anyway(button, message.text, conversation))


_Candidate = tuple[str, Button]  #: what the question was about, and the choice


def _as_shown(offers: Iterable[Delivery], message: Inbound) -> list[Delivery]:
    """Put first what stands last at the person; what waits for a reply window stands nowhere yet."""
    there = (o for o in offers if o.state is not DeliveryState.WINDOW_CLOSED and not _came_after(o, message))
    return sorted(there, key=_shown, reverse=True)


def _came_after(offer: Delivery, message: Inbound) -> bool:
    """Whether acts were offered only when the number was written: typed twice in haste it may do nothing by itself.

    The questions of an intake are known well enough to be answered ahead.
    """
    created, choices = offer.message.created_at, numbered(offer.message.buttons)
    is_ahead = any(isinstance(button_data.parse(choice.data), button_data.ChoiceTap) for choice in choices)
    return created is not None and created > message.received_at and bool(choices) and not is_ahead


def _shown(offer: Delivery) -> tuple[datetime, int]:
    """Since when it stands there: not since it was written. What is on its way may come below everything else."""
    return offer.sent_at or _ON_ITS_WAY, offer.message.id


def _in_talk(message: Inbound, shown: Sequence[Delivery], conversation: Conversation) -> Iterator[_Candidate]:
    """The question last asked in the conversation itself, by its number or with the number as the answer."""
    prompted = _prompted_at(message, conversation)
    question = next(_replies(shown), None)
    if question is not None and _is_asked_since(question, prompted):
        choices = tuple(_choice(question, message.text, conversation))
        if choices:
            yield from choices
            return
    if prompted is not None or conversation.asking:
        yield _typed(message.text, _about(question) if prompted is None and question is not None else "")


def _typed(text: str, about: str = "") -> _Candidate:
    """The number as words like any others."""
    return about or text, word_button(text, "typed", str(whole_number(text)))


def _is_asked_since(question: Delivery, prompted: datetime | None) -> bool:
    """Whether it came with or after the words of an act that are waited for."""
    created = question.message.created_at
    return prompted is None or (created is not None and created >= prompted)


def _told_since(message: Inbound, shown: Sequence[Delivery], conversation: Conversation) -> Iterator[_Candidate]:
    """What was told of itself since then, such as a ping with its acts."""
    prompted = _prompted_at(message, conversation)
    question = next(_replies(shown), None)
    for offer in shown:
        is_later = question is None or _shown(offer)[0] > _shown(question)[0] - _CLOSE
        if prompted is not None and (question is None or not _is_asked_since(question, prompted)):
            is_later = _shown(offer)[0] > prompted
        if offer.message.kind is not OutgoingKind.REPLY and is_later:
            yield from _choice(offer, message.text, conversation)


def _to_others(message: Inbound, shown: Sequence[Delivery]) -> list[_Candidate]:
    """An answer to what somebody wrote about a case, when nothing was said here since."""
    newest = shown[0].message if shown else None
    if newest is None or newest.kind is not OutgoingKind.RELAY or newest.case_id is None:
        return []
    note = button_data.write(button_data.ActTap(newest.case_id, 0, "note", message.text))
    about = " · ".join(newest.text.partition("\n")[0].split(" · ")[:2])
    return [(about, Button(tr("en", "answer {number}", number=message.text), note))]


def _choice(offer: Delivery, text: str, conversation: Conversation) -> Iterator[_Candidate]:
    choices, number = numbered(offer.message.buttons), whole_number(text) or 0
    if 1 <= number <= len(choices) and _is_open(offer, choices[number - 1], conversation):
        yield _about(offer), choices[number - 1]
        promise = button_data.parse(choices[number - 1].data)
        if offer.state is DeliveryState.QUEUED and not isinstance(promise, button_data.ChoiceTap):
            yield _typed(text)  # as far as is known nobody has seen it: it is asked about, not done


def _replies(offers: Iterable[Delivery]) -> Iterator[Delivery]:
    return (offer for offer in offers if offer.message.kind is OutgoingKind.REPLY)


def _is_open(offer: Delivery, button: Button, conversation: Conversation) -> bool:
    """Whether a question still waits; what an act's button may do is looked at when it is done."""
    promise = button_data.parse(button.data)
    if not isinstance(promise, button_data.ChoiceTap) or offer.message.kind is not OutgoingKind.REPLY:
        return promise is not None
    return promise.choice in ("ask", WRONG) or _is_asked(promise, conversation) or not conversation.asking


def _is_asked(promise: button_data.ChoiceTap, conversation: Conversation) -> bool:
    return (conversation.case_id, conversation.asking) == (promise.case_id, promise.field)


def _is_read_anyway(button: Button, text: str, conversation: Conversation) -> bool:
    promise = button_data.parse(button.data)
    if isinstance(promise, button_data.WordTap):
        return (promise.word, promise.argument) == ("typed", str(whole_number(text)))
    if not isinstance(promise, button_data.ChoiceTap) or not is_field(promise.field):
        return False
    asking = field(promise.field)
    is_its_own = asking.choice(code_of(promise.choice)) is not None
    return is_its_own and _is_asked(promise, conversation) and asking.kind in _READ_AS_NUMBERED


def _done(offers: Sequence[Delivery], conversation: Conversation) -> Iterator[Button]:
    for question in _replies(offers):
        for row in question.message.buttons:
            for button in row:
                promise = button_data.parse(button.data)
                is_asked = isinstance(promise, button_data.ChoiceTap) and _is_asked(promise, conversation)
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
    line = offer.message.text.partition("\n")[0].rstrip(" .:")
    return line if len(line) <= _ABOUT else f"{line[: _ABOUT - 1]}\N{HORIZONTAL ELLIPSIS}"


def _apart(found: Iterable[_Candidate]) -> list[_Candidate]:
    """Keep the newest of those that mean the same: a ping that was repeated offers nothing new."""
    kept: dict[object, _Candidate] = {}
    for about, button in found:
        promise = button_data.parse(button.data)
        meaning = replace(promise, stage=0) if isinstance(promise, button_data.ActTap) else promise
        kept.setdefault(meaning, (about, button))
    return list(kept.values())
