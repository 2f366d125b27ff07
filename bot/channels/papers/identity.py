"""What the sealed annex says of persons: what its signer may read, and the other side too, of those on the paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.channels.papers.dossier import Drawn
from bot.channels.papers.paper import Entry
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.time_words import as_utc
from bot.language.texts import tr
from bot.protection.redaction_policy import Way, secure_for
from bot.protection.secure_forms import FORMS, lines, title, values
from bot.protection.standings import Reader, concerned

#: What a consulate needs to know who somebody is; nothing of where they are, of suspects or of how they were held.
_TOLD = (
    SecureField.NAMES, SecureField.BIRTH_DATE, SecureField.GENDER, SecureField.TRAVEL_DOCUMENT, SecureField.LANGUAGE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identified:
    """One entry, opened."""

    entry: SecureEntry
    words: str

    @property
    def record(self) -> Mapping[str, object]:
        """As data."""
        field = self.entry.field
        kept = values(field, self.words)
        told = {"words": kept[""]} if "" in kept else kept
        return {"field": field.value, "person": self.entry.subject, "values": told, "at": as_utc(self.entry.at)}

    def entries(self) -> Iterator[Entry]:
        """As it is printed: a name in its own script stands beside the romanised one."""
        beside = self._romanised()
        for label, text in lines(self.entry.field, self.words, "en"):
            yield Entry(self._label(label), text, beside=beside if beside not in text else "")

    def _label(self, part: str) -> str:
        """What a part is called where the form that it was in is not seen."""
        field = self.entry.field
        if field is SecureField.NAMES and part:
            return part
        is_plain = not part or len(FORMS[field].parts) == 1 or part.lower() in title(field, "en").lower()
        return title(field, "en") if is_plain else f"{title(field, 'en')}: {part[0].lower()}{part[1:]}"

    def _romanised(self) -> str:
        if self.entry.field is not SecureField.NAMES:
            return ""
        kept = values(self.entry.field, self.words)
        return " ".join(filter(None, (str(kept.get("family", "")).upper(), str(kept.get("given", "")))))


def identified(drawn: Drawn) -> tuple[Identified, ...]:
    """The newest entry of each kind for each person on the paper, in the order of persons."""
    newest: dict[tuple[int, int], Identified] = {}
    for entry in sorted(drawn.dossier.entries, key=lambda entry: entry.id):
        words = _opened(entry, drawn) if entry.field in _TOLD and _is_on_paper(entry, drawn) else None
        if words is not None:
            newest[entry.subject, _TOLD.index(entry.field)] = Identified(entry, words)
    return tuple(newest[key] for key in sorted(newest))


def _is_on_paper(entry: SecureEntry, drawn: Drawn) -> bool:
    """Whether an entry can be about nobody but those on the paper; of one case without numbers it is about all."""
    case = drawn.dossier.case
    return not case.apart or set(concerned(case, entry.id, (entry.subject,))) <= set(drawn.whom)


def _opened(entry: SecureEntry, drawn: Drawn) -> str | None:
    """Open an entry where both who draws it up and who gets it may read it."""
    case, agreement = drawn.dossier.case, drawn.agreement
    ours = secure_for(entry, case, Reader.of(drawn.dossier.signer, agreement), Way.ANNEX, agreement)
    theirs = secure_for(entry, case, drawn.reader, Way.ANNEX, agreement)
    return ours if theirs is not None else None


def named(drawn: Drawn, number: int) -> str:
    """Name somebody of the case by reference and number."""
    return (
        f"{drawn.case.reference}/{number}" if drawn.dossier.case.apart else tr("en", "Person {number}", number=number)
    )
