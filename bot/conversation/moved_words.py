"""Words that are kept with a case and go elsewhere because their writer says so: to both desks, or away. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.acts import act_table
from bot.acts.request import ActRequest
from bot.conversation.ask_which_case import candidates
from bot.domain import button_data
from bot.domain.case import Case, CaseText, TextKind
from bot.domain.case_acts import Act
from bot.domain.journal_acts import JournalAct
from bot.intake import interview
from bot.intake.held_words import hold
from bot.intake.pieces import Piece
from bot.intake.position import asked, in_intake
from bot.language.texts import tr
from bot.protection.permissions import may_see
from bot.protection.redaction_policy import Way, text_for
from bot.protection.standings import Reader
from bot.relay import relay
from bot.turns.composer import Composer

_MOVED = "moved"  #: ids of the texts that were moved already, so that a second tap does nothing


def tell(c: Composer, argument: str) -> None:
    """Send words that were kept for the own side to both."""
    found = _found(c, argument)
    if found is None or c.person is None:
        return
    case, text, words = found
    _remember(c, text)
    send_on(c, case, words, (Piece(TextKind.TEXT, words),))


def send_on(c: Composer, case: Case, words: str, pieces: tuple[Piece, ...] = ()) -> None:
    """Send words to both sides of a case that nobody named; what was asked about it before is asked again."""
    if c.person is None:
        return
    act_table.do(ActRequest(c, c.person, case, Act.NOTE, words, is_taken=True, pieces=pieces))
    current = in_intake(c)
    if current is not None and current.id == case.id:
        interview.ask_current(c, c.case(case.id) or case)


def not_this_case(c: Composer, argument: str) -> None:
    """Tell whoever read a note that it is about another case, and ask which."""
    found = _found(c, argument)
    if found is None:
        return
    case, text, words = found
    _remember(c, text)
    c.journal(JournalAct.NOT_THIS_CASE, case, text=text.id)
    relay.tell_of_another_case(c, case, text)
    c.put(case)
    others = [each for each in candidates(c) if each.id != case.id]
    current, asking = in_intake(c), asked(c)
    answering = (current, asking) if current is not None and asking is not None else None
    hold(c, [Piece(TextKind.TEXT, words)], others, answering)


def _found(c: Composer, argument: str) -> tuple[Case, CaseText, str] | None:
    """The words that a button names, when whoever taps wrote them and did not move them yet; says so if not."""
    text = c.view.kept_text(button_data.from_base36(argument))
    case = c.case(text.case_id) if text is not None else None
    if text is None or case is None or c.person is None or not may_see(c.person, case, c.context.agreement):
        c.say(c.context.no_such_case(c.language))
        return None
    words = text_for(text, case, Reader.of(c.person, c.context.agreement), Way.ECHO, c.context.agreement)
    if words is None:
        c.say(c.context.no_such_case(c.language))
        return None
    if text.id in _moved(c):
        c.say(tr(c.language, "These words have found their case already."), case=case)
        return None
    return case, text, words


def _moved(c: Composer) -> list[int]:
    moved = c.conversation.pending.get(_MOVED)
    return [int(each) for each in moved] if isinstance(moved, list) else []


def _remember(c: Composer, text: CaseText) -> None:
    c.move(pending={**c.conversation.pending, _MOVED: [*_moved(c), text.id][-5:]})


#: Taps about words that are kept, by their word; what they name is the text.
TAPPED: Mapping[str, Callable[[Composer, str], None]] = {"tell": tell, "astray": not_this_case}
