"""Who may open a file of a case, in a sentence that is true for the case as it stands, and who opened it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.agreement import Agreement
from bot.domain.attachments import FileRead, StoredFile
from bot.domain.case import Case
from bot.domain.closed_sets import for_each
from bot.domain.names import moment
from bot.domain.people import Directory
from bot.domain.recipients import shown_as
from bot.language.texts import later, tr
from bot.protection.standings import Reader, Standing, standing

_OWN = later("It is for your own side only: nobody else can open it, or sees that it is there.")
_NO_SIDE_YET = later("Only your own side can open it until it is said which side is asked to help.")
#: To the side of whoever left it, by how the other one stands to what may be about anybody in the case.
_OTHERS = for_each(
    Standing,
    {
        Standing.OTHER: later("At {party}, too, whoever may open the secure case can open it."),
        Standing.UNCLEARED: later(
            "Only your own side can open it. {party} cannot yet: citizenship and fear of own authorities are not known "
            "of everybody."
        ),
        Standing.CLOSED: later(
            "Only your own side can open it: it may show somebody of whom nothing more is told to {party}."
        ),
    },
    but={Standing.AUTHOR, Standing.OWN, Standing.SUPPORT, Standing.NOBODY},
)


def other_side(file: StoredFile, case: Case) -> str:
    """The side of a case that did not leave this file; empty while none is asked to help."""
    return case.requested if file.party == case.reporting else case.reporting


def who_may_open(file: StoredFile, case: Case, party: str, agreement: Agreement, language: str) -> str:
    """Say it to somebody of a side who may open it themselves."""
    if party != file.party:
        return tr(language, _OTHERS[Standing.OTHER], party=file.party)
    other = other_side(file, case)
    if file.own_side_only:
        return tr(language, _OWN)
    if not other:
        return tr(language, _NO_SIDE_YET)
    stands = standing(case, Reader(other), agreement, author=file.by, side=file.party)
    return tr(language, _OTHERS[stands], party=other)


def opened_by(
    files: Iterable[StoredFile], reads: Iterable[FileRead], case: Case, agreement: Agreement, directory: Directory
) -> list[str]:
    """Name who of the other side opened any of these, desk or role only, with the first moment of each."""
    sides = {file.id: file.party for file in files}
    first: dict[str, str] = {}
    for read in sorted(reads, key=lambda read: read.at):
        person = directory.get(read.person_id)
        if read.file_id in sides and person is not None and person.party != sides[read.file_id]:
            first.setdefault(shown_as(person, agreement), moment(read.at, case, agreement))
    return [f"{name}, {when}" for name, when in first.items()]
