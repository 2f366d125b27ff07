"""What somebody does in a secure case on its page: reading for a purpose, adding an entry, releasing a text."""

from __future__ import annotations

from dataclasses import dataclass

from bot.acts.releasing import release_entry
from bot.acts.request import ActRequest
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Person
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.language.texts import tr
from bot.protection.secure_access import Purpose, SearchKey, may_read_secure, may_write_secure, numbered
from bot.turns.composer import Composer


@dataclass(frozen=True, slots=True)
class EntryAdded:
    """An entry to be added."""

    field: SecureField
    value: Guarded
    subject: int
    once: str  #: names the filled form, so that it is kept once however often it is sent


@dataclass(slots=True)
class SecureVisit:
    """One visit to a secure case. Once its turn is committed it holds what may be shown; before, nothing may be."""

    case_id: int
    purpose: Purpose
    why: str = ""  #: the reader's own words, for a purpose of no code
    adds: EntryAdded | None = None
    releases: int = 0  #: number of the entry, counted from 1; 0 for none
    is_open: bool = False  #: whether there is a secure case for this person at all
    entries: tuple[tuple[int, SecureEntry], ...] = ()  #: with their numbers, oldest first
    said: str = ""  #: what was done, in a sentence

    def act(self, c: Composer) -> None:
        """Do what the visit is for, and journal that the entries were read and why, never what they say."""
        self.is_open, self.entries, self.said = False, (), ""
        case, person = c.case(self.case_id), c.person
        if case is None or person is None or not may_read_secure(person, case, c.context.agreement):
            return
        self.is_open = True
        if self.adds is not None:
            self.said = self._add(c, case, person, self.adds)
        if self.releases:
            self.said = release_entry(ActRequest(c, person, case, Act.RELEASE), self.releases)
        kept = c.secure(case)
        self.entries = tuple(numbered(kept.entries, kept.texts, person, case, c.context.agreement).items())
        reason = {"reason": self.why} if self.why else {}
        c.journal(JournalAct.SECURE_READ, case, purpose=self.purpose.value, entries=len(self.entries), **reason)

    def _add(self, c: Composer, case: Case, person: Person, added: EntryAdded) -> str:
        if not may_write_secure(person, case, c.context.agreement):
            return tr(person.language, "{reference} is closed. Nothing was kept.", reference=case.reference)
        came_as = f"{c.address}#{added.once}"
        if not any(entry.message == came_as for entry in c.secure(case).entries):
            c.keep_secure(case, added.field, added.value, subject=added.subject, message=came_as)
            c.put(case)
        return tr(person.language, "The entry is kept. Earlier ones stay beside it.")


@dataclass(frozen=True, slots=True)
class SecureSearch:
    """A search of the secure cases that was made; what was looked for is kept nowhere."""

    key: SearchKey
    hits: int

    def act(self, c: Composer) -> None:
        """Journal the search before its result is shown."""
        c.journal(JournalAct.SECURE_SEARCH, kind=self.key.value, hits=self.hits)
