"""Enrolment by one-time code, and what strangers get. Codes are kept hashed; strangers leave only the attempt."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.domain.people import Invite, Person, Role, Stranger
from bot.domain.time_words import both_times
from bot.domain.typed_commands import Command
from bot.language.texts import tr
from bot.people import address_binding
from bot.people.guess_limits import after_wrong_code, too_many_codes
from bot.turns.composer import Composer

#: Crockford's alphabet: no I, L, O, U.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12  #: 60 bits

ANSWERS_A_DAY = 5  #: fixed sentences to one stranger


def code_from(text: str) -> str:
    """Read a code as typed or from a link, with or without hyphens, mended as in references."""
    letters = re.sub(r"[^0-9A-Z]", "", text.upper())
    return letters.translate(str.maketrans("ILO", "110"))


def shown_code(code: str) -> str:
    """Write a code in groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def hash_of(code: str) -> str:
    """The only form in which a code is kept."""
    return hashlib.sha256(f"casebridge invite {code_from(code)}".encode()).hexdigest()


def stranger_writes(c: Composer, command: Command | None) -> None:
    """Answer somebody who is not enrolled: a code enrols, anything else gets one fixed sentence."""
    c.keep_content = False
    message = c.message
    if message is None or message.sender is None:
        return
    stranger = _today(c, message.sender)
    if command is not None and command.name == "start" and command.rest:
        _try_code(c, stranger, command.rest, message.sender)
        return
    may_answer = stranger.answered < ANSWERS_A_DAY and (message.in_private or message.button)
    c.people.stranger(replace(stranger, attempts=stranger.attempts + 1, answered=stranger.answered + bool(may_answer)))
    if may_answer:
        c.say(
            tr(
                "en",
                "This line is for enrolled officers. If somebody is in danger, call the police hotline of your "
                "country now. "
                "To enrol, ask your admin for a code and type: /start CODE",
            )
        )


def _today(c: Composer, address: Address) -> Stranger:
    day = c.now.date().isoformat()
    known = c.view.stranger(address) or Stranger(address, day)
    return known if known.day == day else replace(known, day=day, answered=0, attempts=0)


def _try_code(c: Composer, stranger: Stranger, text: str, address: Address) -> None:
    stranger = replace(stranger, attempts=stranger.attempts + 1)
    if stranger.blocked_until is not None and stranger.blocked_until > c.now:
        _refuse(
            c,
            stranger,
            tr("en", "Too many wrong codes. Try again after {moment}.", moment=both_times(stranger.blocked_until, ())),
        )
        return
    if too_many_codes(c):
        _refuse(c, stranger, tr("en", "Too many codes were tried here. Try again in an hour, or ask your admin."))
        return
    invite = c.view.invite(hash_of(text))
    if invite is None or not address_binding.is_alive(c, invite):
        c.journal(JournalAct.WRONG_CODE, wrong=stranger.wrong_codes + 1)
        _refuse(
            c,
            after_wrong_code(stranger, c.now),
            tr("en", "This code is not valid: it is wrong, used or expired. Ask your admin."),
        )
        return
    if invite.person_id is None:
        _enrol(c, invite, address)
    else:
        address_binding.bind(c, invite, address)
    c.people.stranger(replace(stranger, wrong_codes=0, blocked_until=None))


def _refuse(c: Composer, stranger: Stranger, sentence: str) -> None:
    may_answer = stranger.answered < ANSWERS_A_DAY
    c.people.stranger(replace(stranger, answered=stranger.answered + may_answer))
    if may_answer:
        c.say(sentence)


def _enrol(c: Composer, invite: Invite, address: Address) -> None:
    person = Person(
        id=c.context.new_id(),
        name=invite.name,
        party=invite.party,
        role=invite.role,
        desk=invite.desk,
        corridor=invite.corridor,
        enrolled_at=c.now,
        confirmed_at=c.now,
        addresses=(address,),
    )
    address_binding.set_free(c, address)
    c.people.put(person)
    c.people.invite(replace(invite, used_at=c.now, used_by=person.id))
    c.person, c.actor = person, f"person:{person.id}"
    c.journal(JournalAct.ENROLLED, party=person.party, role=person.role.value, desk=person.desk)
    c.say(welcome(person))


def welcome(person: Person) -> str:
    """Greet an enrolled person with the one thing they need."""
    first = tr(
        person.language,
        "You are enrolled: {name}, {role}, {party}.",
        name=person.name,
        role=tr(person.language, person.role.value),
        party=person.party,
    )
    if person.role is Role.OFFICER:
        return f"{first} " + tr(
            person.language,
            "To report somebody in danger, just write what happened. You get a reference at once, then a few "
            "questions. "
            "Help: /help",
        )
    return f"{first} " + tr(person.language, "Alerts and pings come here. Your cases: /cases. Help: /help")
