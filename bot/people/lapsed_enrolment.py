"""Enrolment that must be confirmed again and again: what waits once it has lapsed, and who ends that. Pure.

A lapsed person may still open a case, answer its questions, acknowledge and read: a person in danger must never wait
for somebody's paperwork. Everything else is answered with who can confirm them and what to type after that.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.case import ClosureCode, TextKind
from bot.domain.case_acts import Act
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Directory, Person, Role
from bot.domain.time_words import both_times
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.turns.composer import Composer

CONFIRMERS = (Role.SUPERVISOR, Role.ADMIN)
_NAMED = 5  #: people who can confirm, in one sentence
#: What a command says besides free text: these words are repeated, the free text is not.
_CODES = frozenset({"police", "diplomatic", "me", "u1", "u2", "u3", "u4", *(plain(code.value) for code in ClosureCode)})


def is_lapsed(c: Composer) -> bool:
    """Whether whoever writes has lapsed."""
    return c.person is not None and c.person.has_lapsed(c.now, c.context.confirm_every)


def may_confirm(by: Person, person: Person) -> bool:
    """Whether one may confirm the other: an admin or supervisor of the same side, never oneself."""
    is_right = by.is_active and by.role in CONFIRMERS and by.party == person.party
    return is_right and by.id != person.id and person.is_active


def confirmers(directory: Directory, person: Person, now: datetime, every: timedelta) -> list[Person]:
    """List who can confirm somebody now: supervisors first, nobody who has lapsed."""
    found = [p for p in directory.people.values() if may_confirm(p, person) and not p.has_lapsed(now, every)]
    return sorted(found, key=lambda p: (p.role is Role.ADMIN, p.name))


def how_to_confirm(
    person: Person, directory: Directory, now: datetime, every: timedelta, *, with_names: bool = True
) -> str:
    """Say who can confirm somebody and what they type."""
    language = person.language
    found = confirmers(directory, person, now, every)
    if not found:
        return tr(
            language,
            "Nobody of {party} can confirm you at the moment. Whoever runs the bridge can: casebridge confirm {id}",
            party=person.party,
            id=directory.short(person),
        )
    names = ", ".join(f"{p.name} ({tr(language, p.role.value)})" for p in found[:_NAMED])
    who = names if with_names else tr(language, "A supervisor or admin of {party}", party=person.party)
    return tr(language, "{who} can confirm you: they type /confirm {id}", who=who, id=directory.short(person))


def ask_whom(c: Composer, person: Person, *, with_names: bool = True) -> str:
    """Say who can confirm somebody, at the moment of a turn."""
    return how_to_confirm(person, c.view.directory, c.now, c.context.confirm_every, with_names=with_names)


def must_wait(c: Composer, again: str = "") -> bool:
    """Say that an act waits when whoever asks for it has lapsed; `again` is what to type then; empty for a button."""
    person = c.person
    if person is None or not is_lapsed(c):
        return False
    c.journal(JournalAct.WAITS, wanted=again)
    if again:
        c.move(pending={**c.conversation.pending, "wanted": {"type": again, "at": c.now.isoformat()}})
    c.say(waiting(c, person, again))
    return True


def waiting(c: Composer, person: Person, again: str) -> str:
    """Write why an act waits, who ends that, and what to type then."""
    until = person.confirmed_until(c.context.confirm_every) or c.now
    party = c.context.agreement.parties.get(person.party)
    lines = [
        tr(
            c.language,
            "This waits, and nothing was changed: your enrolment had to be confirmed by {moment}.",
            moment=both_times(until, [party] if party else []),
        ),
        ask_whom(c, person, with_names=c.message is not None and c.message.in_private),
    ]
    then = tr(c.language, "After that type again: {again}", again=again)
    lines += [then if again else tr(c.language, "After that tap the same button again."), still(person)]
    return "\n".join(lines)


def still(person: Person) -> str:
    """Say what a lapsed person can do all the same."""
    if person.role is Role.OFFICER:
        return tr(person.language, "You can still report somebody in danger, answer the questions and read your cases.")
    if person.role is Role.ADMIN:
        return tr(person.language, "You can still report somebody in danger and read cases.")
    return tr(person.language, "You can still acknowledge, read cases, and report somebody in danger.")


def typed_again(act: Act, reference: str, words: str) -> str:
    """Write what to type for an act: its codes are repeated, of free text only that it is to follow."""
    codes: list[str] = []
    rest = words.split()
    while rest and (plain(rest[0]) in _CODES or (act is Act.SNOOZE and not codes)):
        codes.append(rest.pop(0))
    return " ".join([f"/{act}", reference, *codes, *(["..."] if rest else [])])


def keeps_words(c: Composer, act: Act, officer: int) -> TextKind | None:
    """As what the words of a lapsed reporting officer to their own case are kept; None: they have to wait."""
    if c.person is None or c.person.id != officer:
        return None
    return {Act.NOTE: TextKind.TEXT, Act.MEMO: TextKind.MEMO}.get(act)
