"""What was understood and waits for the person's yes, with the words that said it. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

from bot.domain import button_data
from bot.domain.case import Case, TextKind, Value
from bot.domain.fields import Field, field
from bot.domain.messages import Keyboard
from bot.intake.held_words import move_on
from bot.intake.pieces import words_of
from bot.intake.question_texts import yes_no
from bot.language.texts import tr
from bot.turns.composer import Composer


def ask_confirmation(
    c: Composer,
    case: Case,
    confirms: Sequence[tuple[Field, Value, str]],
    lead: str = "",
    *,
    returning: bool = False,
    said: object = None,
) -> None:
    """Show back what was understood, one thing at a time, before it is stored.

    `said` is what was written, where that is not the message of this turn.
    """
    said = said or [piece.as_json() for piece in words_of(c) if piece.kind is TextKind.TEXT]
    waiting = [{"field": f.id, "value": list(v) if isinstance(v, tuple) else v, "shown": s} for f, v, s in confirms]
    asking = confirms[0][0].id
    move_on(c, case_id=case.id, asking=asking, pending={"confirm": waiting, "returning": returning, "said": said})
    sentence, laid = shown_back(case, confirms[0], c.language)
    c.say(f"{lead}\n\n{sentence}" if lead else sentence, laid, case=case)


def shown_back(case: Case, confirm: tuple[Field, Value, str], language: str) -> tuple[str, Keyboard]:
    """Ask whether this is meant, with a yes and a no."""
    asking, _, shown = confirm
    sentence = tr(language, "{label}: you mean {shown}?", label=tr(language, asking.label), shown=shown)
    return sentence, yes_no(language, stamp_of(case, confirm))


def to_confirm(c: Composer) -> list[tuple[Field, Value, str]]:
    """What waits for the person's yes."""
    waiting = c.conversation.pending.get("confirm")
    return [_confirm(w) for w in waiting] if isinstance(waiting, list) else []


def stamp_of(case: Case, confirm: tuple[Field, Value, str]) -> str:
    """Tell what is shown back from anything else that ever was, in a few characters for a button."""
    asking, value, _ = confirm
    return f"{button_data.to_base36(case.id)}.{asking.id}.{button_data.to_base36(crc32(repr(value).encode()))}"


def _confirm(waiting: Mapping[str, object]) -> tuple[Field, Value, str]:
    raw = waiting["value"]
    value: Value = tuple(str(v) for v in raw) if isinstance(raw, list) else raw if isinstance(raw, int) else str(raw)
    return field(str(waiting["field"])), value, str(waiting["shown"])
