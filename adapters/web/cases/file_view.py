"""The files of a case as its page lists them to one reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.web.cases import case_view
from adapters.web.site import page_words
from bot.domain.attachments import FileState, StoredFile
from bot.domain.case import Case
from bot.language.texts import tr
from bot.protection.redaction_policy import may_read_file


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the page of its case lists it."""

    id: int
    label: str
    facts: str  #: type, size, first signs of its SHA-256
    state: str
    note: str
    is_stored: bool


def listed(case: Case, files: Sequence[StoredFile], reader: case_view.Reader) -> list[Shown]:
    """List the files that this reader may read, oldest first."""
    return [_shown(file, case, reader) for file in files if may_read_file(file, case, reader.policy, reader.agreement)]


def _shown(file: StoredFile, case: Case, reader: case_view.Reader) -> Shown:
    is_stored = file.state is FileState.STORED
    size = f"{max(1, round(file.size / 1000)):,} kB" if file.size else ""
    facts = (file.media_type if is_stored else "", size, f"SHA-256 {file.sha256[:12]}…" if is_stored else "")
    when = case_view.moment(file.at, case, reader.agreement)
    return Shown(
        id=file.id,
        label=file.name or tr(reader.language, "without a name"),
        facts=" · ".join(filter(None, facts)),
        state=page_words.file_state_name(file.state, reader.language),
        note=" · ".join(filter(None, (reader.name(file.by), when, file.reason))),
        is_stored=is_stored,
    )
