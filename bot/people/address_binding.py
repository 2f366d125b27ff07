"""One person on several messengers: an address is bound to them, and all their addresses hear of it.

Decides, does no I/O.
"""

from __future__ import annotations

from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.domain.names import messenger_name
from bot.domain.people import Invite, Person
from bot.domain.recipients import at_person
from bot.language.texts import tr
from bot.turns.composer import Composer


def is_alive(c: Composer, invite: Invite) -> bool:
    """Whether a code may be used now; the code of somebody who was cut off meanwhile may not."""
    person = c.view.directory.get(invite.person_id)
    is_theirs = invite.person_id is None or (person is not None and person.is_active)
    return invite.used_at is None and invite.expires_at > c.now and is_theirs


def bind(c: Composer, invite: Invite, address: Address) -> None:
    """Bind the address that a code was typed at to whoever made the code, and tell all their addresses."""
    person = c.view.directory.get(invite.person_id)
    if person is None:
        raise LookupError("only an enrolled person's code binds")
    set_free(c, address)
    bound = replace(person, addresses=(*person.addresses, address))
    c.people.put(bound)
    c.people.invite(replace(invite, used_at=c.now, used_by=person.id))
    c.person, c.actor = bound, f"person:{person.id}"
    c.journal(JournalAct.BOUND, messenger=address.messenger, invite=invite.id)
    _tell_of(c, person, address, f"bound:{invite.id}")
    c.say(_welcome(bound, messenger_name(address.messenger, person.language)), place=address)


def signed_in(c: Composer, address: Address) -> None:
    """Note that somebody signed in to the pages; from the first time on they are written to there too."""
    person = c.person
    if person is None:
        return
    c.journal(JournalAct.SIGNED_IN)
    if address in person.addresses:
        return
    c.people.put(replace(person, addresses=(*person.addresses, address)))
    _tell_of(c, person, address, f"bound:{c.inbox_id}")


def set_free(c: Composer, address: Address) -> None:
    """Take an address from somebody who was cut off: it belongs to one person."""
    before = c.view.directory.at(address)
    if before is not None:
        c.people.put(before.without(address))


def tell_all(c: Composer, person: Person, addresses: tuple[Address, ...], key: str, words: str) -> None:
    """Tell a person something at each of these addresses: whoever holds one phone must not be the only one to know."""
    for number, address in enumerate(addresses):
        c.tell([replace(at_person(person), addresses=(address,))], f"{key}:{number}", words)


def _tell_of(c: Composer, person: Person, bound: Address, key: str) -> None:
    """Tell the addresses that were bound before."""
    name = messenger_name(bound.messenger, person.language)
    words = tr(
        person.language, "A further messenger was bound: {messenger}. If that was not you: /lost", messenger=name
    )
    tell_all(c, person, person.addresses, key, words)


def _welcome(person: Person, messenger: str) -> str:
    language = person.language
    preferred = messenger_name(person.addresses[0].messenger, language)
    lines = [
        tr(
            language,
            "A further messenger was bound: {messenger}, for {role} of {party}. If that was not you: /lost",
            messenger=messenger,
            role=tr(language, person.role.value),
            party=person.party,
        ),
        tr(
            language,
            "What you began elsewhere goes on here: /summary. You are written to on {preferred} first; to change that: "
            "/addresses",
            preferred=preferred,
        ),
    ]
    return "\n".join(lines)
