"""What an identified export adds to a case: names, places, free texts, the secure case. Pure.

Only what the side that gets it may read: nothing that the other side wrote for itself, nothing of the secure case but
what the own side put there, and of a person who fears this side's State nothing at all that points to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.clock.deadline_outcomes import first_acknowledgment
from bot.domain.case import Case, CaseText, Channel
from bot.domain.fields import UNKNOWN, field, is_field
from bot.domain.frozen import replace
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.subjects import REST, only
from bot.domain.time_words import as_utc
from bot.protection.in_english import english_of_text, english_versions, whose
from bot.protection.redaction_policy import (
    Way,
    answer_for,
    line_for,
    may_read,
    name_for,
    officer_for,
    secure_for,
    text_for,
)
from bot.protection.seen_by import seen_by
from bot.record.export import columns, htcds
from bot.record.export.columns import Cell, Row, Subject, side_and_role
from bot.record.export.dossier import Dossier, ExportReader

Read = Callable[[Dossier, ExportReader], Cell]


def row(dossier: Dossier) -> Row:
    """Write a case as one row of the case log with what points to people, in the order of `COLUMNS`."""
    dossier, reader = _as_read(dossier)
    return (*columns.row(dossier.subject), *(cell(dossier, reader) for cell in _MORE.values()))


def htcds_rows(dossier: Dossier) -> Iterator[Row]:
    """Write a case as one row a person of the standard with what points to people, in the order of `HTCDS_COLUMNS`.

    What is known of a case as a whole stands in the row of its first person.
    """
    dossier, reader = _as_read(dossier)
    for one, plain in zip(htcds.each_person(dossier.subject), htcds.rows(dossier.subject), strict=True):
        cells = dict(zip(htcds.COLUMNS, plain, strict=True))
        theirs = replace(dossier, subject=one, secure=tuple(_about(one, dossier.secure)))
        theirs = theirs if one.place == 1 else replace(theirs, texts=())
        yield tuple(_HTCDS[name](theirs, reader) if name in _HTCDS else cells[name] for name in HTCDS_COLUMNS)


def _about(one: Subject, entries: Iterable[SecureEntry]) -> Iterator[SecureEntry]:
    """The entries about a person: by their number, and where nobody is set apart by their place."""
    for entry in entries:
        if entry.subject == (one.number if one.number != REST else one.place):
            yield entry


def _as_read(dossier: Dossier) -> tuple[Dossier, ExportReader]:
    """The case as its reader may know it; what else it holds stays to be asked about."""
    if dossier.reader is None:
        raise LookupError("an identified export is made for a side")
    reader = dossier.reader
    case = seen_by(dossier.subject.case, reader.party, reader.agreement)
    known = {name for name in (*case.answers, *_of_anybody(case)) if _is_told(name, case, reader)}
    secure = tuple(entry for entry, _ in _opened(dossier, reader))
    whole, policy, agreement = dossier.subject.case, reader.policy, reader.agreement
    opened = ((text, text_for(text, whole, policy, Way.IDENTIFIED, agreement)) for text in dossier.texts)
    texts = tuple(text for text, words in opened if words is not None)
    subject = replace(dossier.subject, case=only(case, known))
    return replace(dossier, subject=subject, secure=secure, texts=texts), reader


def _of_anybody(case: Case) -> Iterator[str]:
    return (name for own in case.apart.values() for name in own)


def _is_told(name: str, case: Case, reader: ExportReader) -> bool:
    return is_field(name) and may_read(field(name), case, reader.policy, Way.IDENTIFIED, reader.agreement)


def _answer(name: str) -> Read:
    def cell(dossier: Dossier, reader: ExportReader) -> Cell:
        value = answer_for(field(name), dossier.subject.case, reader.policy, Way.IDENTIFIED, reader.agreement)
        return None if value is None else str(value)

    return cell


def _in_english(name: str) -> Read:
    """The English version that counts, with side, role and moment of whoever wrote or confirmed it."""

    def cell(dossier: Dossier, reader: ExportReader) -> Cell:
        found = english_versions(dossier.subject.case, reader.policy, Way.IDENTIFIED, reader.agreement).get(name)
        return (
            None if found is None or found.is_original else f"{found.text} ({whose(found, 'en')}, {as_utc(found.at)})"
        )

    return cell


def _person(dossier: Dossier, reader: ExportReader, person_id: int | None) -> str | None:
    """A person by name where the policy says so, else as side and role."""
    person = dossier.subject.directory.get(person_id)
    name = name_for(person, reader.policy, Way.IDENTIFIED) if person is not None else None
    return name or side_and_role(dossier.subject, person_id)


def _acknowledging(case: Case) -> int | None:
    first = first_acknowledgment(case)
    return None if first is None else first.by


def _assignees(dossier: Dossier, reader: ExportReader) -> Cell:
    found = (_person(dossier, reader, i) for i in dossier.subject.case.assignees)
    return tuple(name for name in found if name) or None


def _accepting(channel: Channel) -> Read:
    def cell(dossier: Dossier, reader: ExportReader) -> Cell:
        case, policy = dossier.subject.case, reader.policy
        given = (h for h in case.handoffs if h.channel is channel)
        officers = (officer_for(h, case, policy, Way.IDENTIFIED, reader.agreement) for h in given)
        return tuple(dict.fromkeys(officer for officer in officers if officer)) or None

    return cell


def _return_reasons(dossier: Dossier, reader: ExportReader) -> Cell:
    case = dossier.subject.case
    opened = (
        (h, line_for(h.return_reason, 0, case.requested, case, reader.policy, Way.IDENTIFIED, reader.agreement))
        for h in case.handoffs
    )
    return tuple(f"{h.channel.value}: {reason}" for h, reason in opened if reason) or None


def _texts(dossier: Dossier, reader: ExportReader) -> Cell:
    case = dossier.subject.case
    opened = ((t, text_for(t, case, reader.policy, Way.IDENTIFIED, reader.agreement)) for t in dossier.texts)
    found = [(f"{as_utc(t.at)} {t.party} {t.kind.value}", text, _english_of(t, dossier, reader))
             for t, text in opened if text is not None]  # fmt: skip
    return tuple(f"{head}: {text}{english}" for head, text, english in found) or None


def _english_of(text: CaseText, dossier: Dossier, reader: ExportReader) -> str:
    found = english_of_text(text, dossier.subject.case, reader.policy, Way.IDENTIFIED, reader.agreement)
    return f" [in English: {found.text} ({whose(found, 'en')}, {as_utc(found.at)})]" if found is not None else ""


def _opened(dossier: Dossier, reader: ExportReader) -> Iterator[tuple[SecureEntry, str]]:
    """The entries of the secure case that this side gets; what was released is among the texts."""
    for entry in dossier.secure:
        said = secure_for(entry, dossier.subject.case, reader.policy, Way.IDENTIFIED, reader.agreement)
        if said is not None and entry.released_at is None:
            yield entry, said


def _secure(dossier: Dossier, reader: ExportReader) -> Cell:
    return tuple(f"person {e.subject} {e.field.value}: {said}" for e, said in _opened(dossier, reader)) or None


_MORE: Mapping[str, Read] = {
    "area": _answer("area"),
    "last_contact_at": _answer("last_contact_at"),
    "summary": _answer("summary"),
    "area_in_english": _in_english("area"),
    "summary_in_english": _in_english("summary"),
    "reporting_officer": lambda d, r: _person(d, r, d.subject.case.officer),
    "acknowledging_officer": lambda d, r: _person(d, r, _acknowledging(d.subject.case)),
    "assigned_officers": _assignees,
    "closing_officer": lambda d, r: _person(d, r, d.subject.case.closed_by),
    "police_accepting_officer": _accepting(Channel.POLICE),
    "diplomatic_accepting_officer": _accepting(Channel.DIPLOMATIC),
    "return_reasons": _return_reasons,
    "texts": _texts,
    "secure": _secure,
}

#: The names of all columns of an identified case log, in order.
COLUMNS = (*columns.COLUMNS, *_MORE)


def _values(dossier: Dossier, reader: ExportReader, wanted: SecureField) -> list[str]:
    return [said for entry, said in _opened(dossier, reader) if entry.field is wanted]


def _each(wanted: SecureField, read: Callable[[str], str | None] = lambda value: value) -> Read:
    """What entries of the secure case say, person by person, where the standard's column can hold it."""

    def cell(dossier: Dossier, reader: ExportReader) -> Cell:
        return tuple(said for value in _values(dossier, reader, wanted) if (said := read(value))) or None

    return cell


def _name(place: int) -> Callable[[str], str | None]:
    """A part of ``family | given | native script``; a name that is not in parts is in the comment."""

    def part(value: str) -> str | None:
        parts = [each.strip() for each in value.split("|")]
        return parts[place] or None if len(parts) > 1 else None

    return part


def _whole_day(value: str) -> str | None:
    return value if len(value) == len("2009-05-17") else None


def _gender(value: str) -> str | None:
    return value if value in htcds.CODES["prs_Gender"] else None


def _control(dossier: Dossier, reader: ExportReader) -> Cell:
    """The codes of the standard and the one of ours, from the intake and the secure case."""
    said = {word for value in _values(dossier, reader, SecureField.CONTROL) for word in value.replace(",", " ").split()}
    if dossier.subject.case.value("situation") == "confined":
        said.update(htcds.LOCAL_CODES[_METHODS])
    known = (*htcds.CODES[_METHODS], *htcds.LOCAL_CODES[_METHODS])
    return tuple(code for code in known if code in said) or None


def _city(dossier: Dossier, reader: ExportReader) -> Cell:
    area = _answer("area")(dossier, reader)
    return None if area == UNKNOWN else area


def _comment(dossier: Dossier, reader: ExportReader) -> Cell:
    return "; ".join([htcds.comment(dossier.subject), *_in_comment(dossier, reader)])


def _in_comment(dossier: Dossier, reader: ExportReader) -> Iterator[str]:
    """What points to people and fits no column of the standard."""
    for name, cell in _MORE.items():
        if name not in _IN_COLUMNS and (said := cell(dossier, reader)) is not None:
            yield f"{name}={_joined(said)}"


def _joined(said: Cell) -> str:
    parts: Iterable[str] = said if isinstance(said, tuple) else (str(said),)
    return " / ".join(parts)


_METHODS = "vic_MethodsOfControl"
#: Of what is added, what has a column of the standard already.
_IN_COLUMNS = frozenset({"area", "last_contact_at"})
_HTCDS: Mapping[str, Read] = {
    # The standard calls the family name the second name.
    "prs_SecondName": _each(SecureField.NAMES, _name(0)),
    "prs_FirstName": _each(SecureField.NAMES, _name(1)),
    "prs_Birthdate": _each(SecureField.BIRTH_DATE, _whole_day),
    "prs_Gender": _each(SecureField.GENDER, _gender),
    "prs_PrimaryLanguage": _each(SecureField.LANGUAGE),
    "prs_IdentityNumber": _each(SecureField.TRAVEL_DOCUMENT),
    "prs_MobilePhone": _each(SecureField.PHONE),
    "hte_Street": _each(SecureField.EXACT_LOCATION),
    "hte_City": _city,
    _METHODS: _control,
    "cco_CaseComment": _comment,
}

#: What stays out of an identified file too.
LEFT_OUT = ("fears_own_authorities", "what the other side wrote for itself or keeps in its secure case")
#: The names of all columns of an identified file of the standard, in the standard's order.
HTCDS_COLUMNS = tuple(name for name in htcds.NAMES if name in _HTCDS or name in htcds.COLUMNS)
