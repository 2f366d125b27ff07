"""Edited messages: the change is kept beside the first version, which stays."""

from __future__ import annotations

from bot import answering, reference
from bot.commands import OPENING, parse_command
from bot.composing import Composer
from bot.fields import field
from bot.opening import held, held_for, hold, words_of
from bot.questions import zone_of
from bot.reading import Read, read
from bot.rights import may_see
from bot.texts import tr

#: Commands whose words, all of them, are kept with the case.
_WITH_WORDS = frozenset({"note", "memo", "guardian", "interest", "vital", "alternative"})


def edited(c: Composer) -> None:
    """Keep an amendment of a text or an answer; ignore edits of what was never kept."""
    message = c.message
    if message is None or c.person is None:
        return
    came_as = f"{message.place}#{message.message_id}"
    answer = c.view.amended_answer(came_as)
    if answer is not None and answer.by == c.person.id:
        _amend_answer(c, answer.case_id, answer.field, message.text)
        return
    if any(piece.message == came_as for piece in held(c.conversation.pending)):
        hold(c, words_of(c), held_for(c))
        return
    first = c.view.amended_text(came_as)
    case = c.case(first.case_id) if first else None
    if first is None or case is None or first.by != c.person.id or not may_see(c.person, case, c.context.agreement):
        return
    c.keep_text(
        case, first.kind, _without_command(message.text), own_side_only=first.own_side_only, amends=first.id, message=""
    )
    c.journal("amended", case, text=first.id)
    c.put(case)
    c.say(
        tr(c.language, "{reference}: your change is kept beside the first version.", reference=case.reference),
        case=case,
    )


def _without_command(text: str) -> str:
    """The words of an edited `/note REF words`, `/vital REF words` or `/alert words`, as the first version was kept."""
    command = parse_command(text)
    if command is None or not (command.name in _WITH_WORDS or (command.name in OPENING and command.has_slash)):
        return text
    named = reference.find_in(command.rest)
    return named[1] if named else command.rest


def _amend_answer(c: Composer, case_id: int, field_id: str, text: str) -> None:
    case = c.case(case_id)
    if case is None or c.person is None or case.officer != c.person.id or not case.is_open:
        return
    asked = field(field_id)
    reading = read(asked, text, now=c.now, zone=zone_of(c.context.agreement, case.reporting), language=c.language)
    label = tr(c.language, asked.label)
    if not isinstance(reading, Read):
        c.say(tr(c.language, "{label}: the change could not be read, so the first answer stays. Type: edit {number}",
                 label=label, number=asked.order), case=case)  # fmt: skip
        return
    case = answering.store(c, case, asked, reading.value, "amended")
    c.say(tr(c.language, "{label} is changed; the first answer is kept beside it.", label=label), case=case)
