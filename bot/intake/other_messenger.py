"""An intake that goes on at another messenger than it was asked on. Decides, does no I/O.

An answer that cannot be anything else counts there at once. Other words may as well be about somebody new: they wait
until the person says what they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.case import Case, TextKind
from bot.domain.fields import Field
from bot.domain.journal_acts import JournalAct
from bot.intake import english_line, interview
from bot.intake.held_words import hold, take_held
from bot.intake.pieces import keep_piece, words_of
from bot.language.texts import tr
from bot.turns.composer import Composer


def is_elsewhere(c: Composer) -> bool:
    """Whether the person writes from another place than the one they were asked at."""
    asked_at = c.conversation.place
    return c.message is not None and asked_at is not None and asked_at != c.message.place


def going_on(c: Composer, case: Case) -> str:
    """Say which case the questions here are about, when they begin here; empty when they go on."""
    if not is_elsewhere(c):
        return ""
    return tr(c.language, "You go on here with {reference}.", reference=case.reference)


def ask_what_it_is(c: Composer, case: Case, asking: Field, cases: Sequence[Case]) -> None:
    """Let words wait that may answer the question, be about a case, or about somebody new."""
    hold(c, words_of(c), cases, answering=(case, asking))


def answer(c: Composer, case: Case, asking: Field) -> None:
    """Take what waits as the answer to the question."""
    waiting = take_held(c)
    if not waiting:
        c.say(tr(c.language, "These words have found their case already."), case=case)
        return
    for piece in [w for w in (*waiting, *words_of(c)) if w.kind is not TextKind.TEXT]:
        keep_piece(c, case, piece)
    texts = [w for w in waiting if w.kind is TextKind.TEXT]
    text = "\n".join(w.text for w in texts)
    c.withheld = "\n".join(w.withheld for w in texts if w.withheld)
    c.put(case)
    if not text:
        interview.ask_field(c, case, asking)
    elif not english_line.answer_text(c, case, asking, text):
        kept = [keep_piece(c, case, piece, own_side_only=True) for piece in texts]
        c.journal(JournalAct.WORDS_KEPT, case)
        interview.ask_again(c, case, asking, text, kept[-1])
