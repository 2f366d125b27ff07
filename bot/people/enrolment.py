"""Enrolment by one-time code: how codes are written, read and kept (hashed), and who is welcomed how."""

from __future__ import annotations

import hashlib
import re

from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.domain.people import Invite, Person, Role
from bot.language.folding import fold
from bot.language.texts import tr
from bot.people import address_binding
from bot.turns.composer import Composer

#: Crockford's alphabet: no I, L, O, U.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12  #: 60 bits


def code_from(text: str) -> str:
    """Read a code as typed or from a link, with or without hyphens, mended as in references."""
    letters = re.sub(r"[^0-9A-Z]", "", fold(text).upper())
    return letters.translate(str.maketrans("ILO", "110"))


def is_code(text: str) -> bool:
    """Whether a text is shaped like a code at all: a poster's QR code or a word is no guess."""
    code = code_from(text)
    return len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET)


def shown_code(code: str) -> str:
    """Write a code in groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def hash_of(code: str) -> str:
    """The only form in which a code is kept."""
    return hashlib.sha256(f"casebridge invite {code_from(code)}".encode()).hexdigest()


def enrol(c: Composer, invite: Invite, address: Address) -> None:
    """Make a person of an invite that was taken, at the address that it came from."""
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
