"""Collects what a turn keeps of a case besides its state: answers, texts, the secure case, files."""

from __future__ import annotations

from bot.domain.attachments import Left, StoredFile, received
from bot.domain.case import Answer, Case, CaseText, TextKind
from bot.domain.english import WRITER_FIRST, English, Translation
from bot.domain.guarded import Guarded
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.language.writing_systems import Script
from bot.protection.redaction_policy import script_in, to_be_drafted
from bot.turns.source import Source


class Kept:
    """What is kept of a case in one turn. Nothing is overwritten: what is kept stands beside what was."""

    def __init__(self, source: Source) -> None:
        """Begin with nothing."""
        self._source = source
        self.answers: list[Answer] = []
        self.texts: list[CaseText] = []
        self.english: list[English] = []
        self.translations: dict[int, Translation] = {}
        self.secured: list[SecureEntry] = []
        self.files: dict[int, StoredFile] = {}
        self.kept_back: list[int] = []

    def answer(self, answer: Answer) -> None:
        """Keep a new answer."""
        self.answers.append(answer)
        self._let_draft(answer, answer.field)

    def text(
        self,
        case: Case,
        kind: TextKind,
        text: str | Guarded,
        *,
        own_side_only: bool = False,
        amends: int | None = None,
        message: str | None = None,
        subjects: tuple[int, ...] = (),
    ) -> int:
        """Keep a free text of a case, written by the person of this turn. Returns its id."""
        source, person = self._source, self._source.writer()
        kept = CaseText(
            source.context.new_id(),
            case.id,
            kind,
            Guarded(text) if isinstance(text, str) else text,
            source.now,
            person.id,
            person.party,
            own_side_only,
            source.came_as if message is None else message,
            amends,
            subjects,
        )
        self.texts.append(kept)
        self._let_draft(kept)
        return kept.id

    def _let_draft(self, original: Answer | CaseText, field: str = "") -> None:
        """Let a machine draft the English of what is in another script, once its writer had the time to say it."""
        words = original if isinstance(original, CaseText) else original.value
        said = original.text if isinstance(original, CaseText) else original.value
        context = self._source.context
        if context.drafts_english and to_be_drafted(words) and script_in(said) is not Script.LATIN:
            due = context.now + WRITER_FIRST
            self.put_translation(Translation(original.id, original.case_id, field, next_attempt_at=due))

    @property
    def last_text_id(self) -> int | None:
        """The id of the text that was kept last in this turn."""
        return self.texts[-1].id if self.texts else None

    def texts_with(self, *ids: int | None) -> tuple[CaseText, ...]:
        """The texts with these ids that were kept in this turn."""
        return tuple(text for text in self.texts if text.id in ids)

    def in_english(
        self, case: Case, of: int, text: str, *, draft: English | None = None, is_machine: bool = False
    ) -> English:
        """Keep what the person of this turn says to be the English of an answer or a text, perhaps as drafted."""
        source, person = self._source, self._source.writer()
        kept = English(
            source.context.new_id(),
            case.id,
            of,
            Guarded(text),
            source.now,
            person.id,
            person.party,
            person.role,
            is_machine=is_machine or draft is not None,
            draft=None if draft is None else draft.id,
        )
        self.english.append(kept)
        return kept

    def put_english(self, version: English) -> None:
        """Keep an English version that nobody wrote in this turn."""
        self.english.append(version)

    def put_translation(self, asked: Translation) -> None:
        """Keep what is to be drafted by a machine, or what became of it."""
        self.translations[asked.id] = asked

    def secure(
        self,
        case: Case,
        field: SecureField,
        value: Guarded,
        *,
        subject: int = 1,
        message: str = "",
        text_id: int | None = None,
    ) -> SecureEntry:
        """Keep something that points to a person in the secure case."""
        source, person = self._source, self._source.writer()
        kept = SecureEntry(
            source.context.new_id(),
            case.id,
            field,
            value,
            source.now,
            person.id,
            person.party,
            subject,
            message,
            text_id,
        )
        self.secured.append(kept)
        return kept

    def released(self, entry: SecureEntry) -> None:
        """Change an entry of the secure case: it was released."""
        self.secured.append(entry)

    def file(self, case: Case, left: Left, *, own_side_only: bool = False) -> StoredFile:
        """Keep that the person of this turn left a file; its content is fetched after the commit."""
        source = self._source
        number, person = source.context.new_id(), source.writer()
        file = received(left, number=number, case=case, person=person, now=source.now, own_side_only=own_side_only)
        self.put_file(file)
        return file

    def put_file(self, file: StoredFile) -> None:
        """Keep what became of a file."""
        self.files[file.id] = file

    @property
    def left_now(self) -> tuple[StoredFile, ...]:
        """The files that the person of this turn left in it."""
        person = self._source.person
        is_theirs = (file for file in self.files.values() if person is not None and file.by == person.id)
        return tuple(file for file in is_theirs if file.at == self._source.now)

    def keep_back(self, file: StoredFile) -> None:
        """Keep that a file is for its own side only; nothing else of it is written, it may just be fetched."""
        self.kept_back.append(file.id)
