"""The files of a case as its page lists them to one reader. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.web.cases import case_view
from adapters.web.site import page_words
from bot.acts.keeping_back import argument_of
from bot.domain import button_data
from bot.domain.attachments import FileRead, FileState, StoredFile
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.language.texts import tr
from bot.protection.file_words import opened_by, who_may_open
from bot.protection.secure_access import may_keep_back, may_open_file


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the page of its case lists it."""

    id: int
    label: str
    facts: str  #: type, size, first signs of its SHA-256
    state: str
    note: str
    who: str  #: who may open it
    opened: tuple[str, ...]  #: who of the other side did, to whoever may keep it to their side
    is_stored: bool
    number: int = 0  #: by which its reader may keep it to their side; 0 for none
    keeps_back: str = ""  #: the data of the button that does; empty for none


def listed(case: Case, files: Sequence[StoredFile], reads: Sequence[FileRead], reader: case_view.Reader) -> list[Shown]:
    """List the files that this reader may open, oldest first, those of their own numbered as `/ownside` counts them."""
    person, agreement = reader.person, reader.agreement
    mine = [file.id for file in files if may_keep_back(person, file, case, agreement)]
    numbers = {file_id: number for number, file_id in enumerate(mine, start=1)}
    found = [file for file in files if may_open_file(person, file, case, agreement)]
    return [_shown(file, case, reads, reader, numbers) for file in found]


def _shown(
    file: StoredFile, case: Case, reads: Sequence[FileRead], reader: case_view.Reader, numbers: Mapping[int, int]
) -> Shown:
    is_stored = file.state is FileState.STORED
    size = f"{max(1, round(file.size / 1000)):,} kB" if file.size else ""
    facts = (file.media_type if is_stored else "", size, f"SHA-256 {file.sha256[:12]}…" if is_stored else "")
    when = case_view.moment(file.at, case, reader.agreement)
    is_mine = file.id in numbers
    return Shown(
        id=file.id,
        label=_label(file, case, reader.language),
        facts=" · ".join(filter(None, facts)),
        state=page_words.file_state_name(file.state, reader.language),
        note=" · ".join(filter(None, (reader.name(file.by), when, file.reason))),
        who=who_may_open(file, case, reader.person.party, reader.agreement, reader.language),
        opened=tuple(opened_by((file,), reads, case, reader.agreement, reader.directory)) if is_mine else (),
        is_stored=is_stored,
        number=numbers.get(file.id, 0),
        keeps_back=_keeps_back(file, case) if is_mine and not file.own_side_only else "",
    )


def _label(file: StoredFile, case: Case, language: str) -> str:
    letter = next((h.letter_reference for h in case.handoffs if h.letter_file == file.id), "")
    name = file.name or tr(language, "without a name")
    return tr(language, "Scan of letter {letter}: {name}", letter=letter, name=name) if letter else name


def _keeps_back(file: StoredFile, case: Case) -> str:
    tap = button_data.ActTap(case.id, case.stage, Act.OWNSIDE.value, argument_of(file))
    return button_data.write(tap)


def who_opens_a_new_one(case: Case, reader: case_view.Reader) -> str:
    """Say who may open a file that the reader would add now for both sides."""
    person = reader.person
    file = StoredFile(0, case.id, "web", "", "", reader.now, person.id, person.party)
    return who_may_open(file, case, person.party, reader.agreement, reader.language)
