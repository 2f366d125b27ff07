"""What whoever left a file is told of it in the answer: who may open it, true for the case now, and *Own side only*."""

from __future__ import annotations

from collections.abc import Sequence

from bot.acts.finding import is_among_own
from bot.acts.keeping_back import argument_of
from bot.domain import button_data
from bot.domain.attachments import StoredFile
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.messages import Button, Keyboard
from bot.language.texts import tr
from bot.protection.file_words import who_may_open
from bot.protection.permissions import may_see
from bot.turns.composer import Composer


def tell(c: Composer) -> None:
    """Add it to the answer, where people of the own side alone read that."""
    files = c.kept.left_now
    case = c.case(files[0].case_id) if files else None
    if case is None or c.person is None or not is_among_own(c, c.person.party):
        return
    sentence = who_may_open(files[0], case, c.person.party, c.context.agreement, c.language)
    if len(files) > 1:
        sentence = tr(c.language, "Your {count} files: {who}", count=len(files), who=sentence)
    c.add_to_answer(sentence, _row(c, case, files))


def _row(c: Composer, case: Case, files: Sequence[StoredFile]) -> Keyboard:
    named = _named(c, case)
    if files[0].own_side_only or named is None:
        return ()
    tap = button_data.ActTap(named.id, named.stage, Act.OWNSIDE.value, argument_of(*files))
    return ((Button(tr(c.language, "Own side only"), button_data.write(tap)),),)


def _named(c: Composer, case: Case) -> Case | None:
    """The case by the name that the person has for it: the younger one where theirs was joined to this."""
    if c.person is None or may_see(c.person, case, c.context.agreement):
        return case
    return next((younger for younger in c.view.joined(case) if younger.officer == c.person.id), None)
