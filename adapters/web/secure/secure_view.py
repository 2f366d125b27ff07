"""A secure case as its page shows it to one reader, field by field, the newest entry of each first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.web.cases import case_view
from bot.domain.case import Case
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.language.texts import tr
from bot.protection.redaction_policy import Way, plan_place, secure_for
from bot.protection.secure_access import is_held, may_release
from bot.protection.secure_forms import FORMS, EntryForm, lines, title, values


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry in words."""

    number: int
    lines: tuple[tuple[str, str], ...]  #: label and text; a text without a form has no label
    who: str
    when: str
    may_release: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was entered of one field for one person, the newest first."""

    title: str
    subject: int  #: which person; 0 for a text, which may be about anybody
    entries: tuple[Shown, ...]
    form: EntryForm | None  #: to correct the newest with
    typed: dict[str, str]  #: the newest as its form has it


def place_of_operation(case: Case, reader: case_view.Reader) -> str:
    """Where a joint operation is to be, as it was written; empty where nobody said it, or it is not for this reader."""
    seen = reader.seen(case)
    plan = seen.plan
    return (plan_place(plan, seen, reader.policy, Way.SECURE, reader.agreement) or "") if plan is not None else ""


def groups(entries: Iterable[tuple[int, SecureEntry]], case: Case, reader: case_view.Reader) -> list[Group]:
    """Gather the entries by field and person, the group with the newest entry first."""
    gathered: dict[tuple[object, ...], list[tuple[int, SecureEntry]]] = {}
    for number, entry in sorted(entries, key=lambda pair: -pair[0]):
        key = (number,) if entry.field is SecureField.MESSAGE else (entry.field, entry.subject)
        gathered.setdefault(key, []).append((number, entry))
    return [_group(found, case, reader) for found in gathered.values()]


def _group(found: Sequence[tuple[int, SecureEntry]], case: Case, reader: case_view.Reader) -> Group:
    newest = found[0][1]
    is_text = newest.field is SecureField.MESSAGE
    return Group(
        title(newest.field, reader.language),
        0 if is_text else newest.subject,
        tuple(_shown(number, entry, case, reader) for number, entry in found),
        FORMS.get(newest.field),
        {} if is_text else _typed(newest, case, reader),
    )


def _shown(number: int, entry: SecureEntry, case: Case, reader: case_view.Reader) -> Shown:
    note = ""
    if entry.released_at is not None:
        when = case_view.moment(entry.released_at, case, reader.agreement)
        note = tr(reader.language, "released by {who}, {when}", who=reader.name(entry.released_by), when=when)
    return Shown(
        number,
        tuple(lines(entry.field, _opened(entry, case, reader), reader.language)),
        reader.name(entry.by),
        case_view.moment(entry.at, case, reader.agreement),
        is_held(entry) and may_release(reader.person, entry, case, reader.agreement),
        note,
    )


def _opened(entry: SecureEntry, case: Case, reader: case_view.Reader) -> str:
    """What an entry says to this reader; nothing where the policy says so, whoever put it on the list."""
    return secure_for(entry, case, reader.policy, Way.SECURE, reader.agreement) or ""


def _typed(entry: SecureEntry, case: Case, reader: case_view.Reader) -> dict[str, str]:
    """An entry as its form would bring it, to be corrected."""
    typed: dict[str, str] = {}
    for name, value in values(entry.field, _opened(entry, case, reader)).items():
        if isinstance(value, list):
            typed |= {f"{name}.{code}": "1" for code in value}
        elif name:
            typed[name] = value
    return typed
