"""The other cases that the page of a case names to its reader: one with it, linked, or asked about. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.web.cases import case_view
from bot.acts.matching import keyboard
from bot.domain.case import Case
from bot.domain.closed_sets import for_each
from bot.domain.likeness import Verdict
from bot.domain.messages import Button
from bot.domain.names import likeness_name
from bot.language.texts import later, tr
from bot.ports.reads import Loaded
from bot.protection.matching import may_be_joined, may_know, told_to
from bot.protection.permissions import may_see


@dataclass(frozen=True, slots=True)
class Other:
    """Another case, in words, with what can be said of the two."""

    reference: str
    words: str
    buttons: tuple[Button, ...] = ()


_WORDS = for_each(
    Verdict,
    {
        Verdict.ASKED: later("may be the same: {why}"),
        Verdict.RELATED: later("related"),
        Verdict.DIFFERENT: later("not the same"),
    },
    but={Verdict.SAME},  # what was joined is named as such
)


def others(case: Case, known: Loaded, reader: case_view.Reader) -> list[Other]:
    """List them, as far as this reader may see both."""
    return [*_one(case, known, reader), *_matched(case, known, reader)]


def _one(case: Case, known: Loaded, reader: case_view.Reader) -> Iterator[Other]:
    older = known.cases.get(case.joined_to or 0)
    if older is not None and (may_see(reader.person, older, reader.agreement) or reader.person.id == case.officer):
        yield Other(older.reference, tr(reader.language, "one case with this: what is written here goes there"))
    for number in case.joins:
        younger = known.cases.get(number)
        if younger is not None and may_see(reader.person, younger, reader.agreement):
            yield Other(younger.reference, tr(reader.language, "one case with this: what is written there comes here"))


def _matched(case: Case, known: Loaded, reader: case_view.Reader) -> Iterator[Other]:
    for match in known.matches:
        other, sentence = known.cases.get(match.other(case.id)), _WORDS.get(match.verdict)
        if other is None or sentence is None or not may_know(reader.person, case, other, reader.agreement):
            continue
        told = told_to(reader.person.party, case, other, match.reasons, reader.agreement)
        why = ", ".join(dict.fromkeys(likeness_name(reason.by, reader.language) for reason in told))
        older, younger = sorted((case, other), key=lambda each: each.id)
        laid = keyboard(older, younger, can_be_one=may_be_joined(older, younger, reader.agreement))
        buttons = tuple(button for row in laid for button in row) if match.verdict is Verdict.ASKED else ()
        yield Other(other.reference, tr(reader.language, sentence, why=why), buttons)
