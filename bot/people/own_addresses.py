"""A person's own messengers: a code for a further one, which is tried first, which is theirs no more. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.domain import sign_in
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.domain.names import messenger_name
from bot.domain.people import Invite, Person
from bot.domain.typed_commands import Command
from bot.language.normalise import plain, whole_number
from bot.language.texts import tr
from bot.people.address_binding import tell_all
from bot.people.enrolment import CODE_ALPHABET, CODE_LENGTH, hash_of, shown_code
from bot.people.lapsed_enrolment import must_wait
from bot.turns.composer import Composer

#: For how long a code binds: long enough to type it on the other phone, too short to lie about.
CODE_LASTS = timedelta(minutes=10)
_WEB = frozenset({"web", "web chat", "browser"})


def whom(command: Command | None, person: Person) -> tuple[int, ...]:
    """Whose open codes a message needs to know: a new code ends the ones before."""
    return (person.id,) if command is not None and command.name == "bind" else ()


def bind(c: Composer, command: Command) -> None:
    """Give a one-time code for a further messenger, or with `web` a one-time link to the pages."""
    person = _in_private(c)
    is_for_web = plain(command.rest) in _WEB
    if person is None or must_wait(c, "/bind web" if is_for_web else "/bind"):
        return
    if is_for_web:
        _give_link(c, person)
    else:
        _give_code(c, person)


def board(c: Composer, _command: Command) -> None:
    """Give a one-time link that opens the board; to a group, and to whoever is signed in already, only where it is."""
    person, message = c.person, c.message
    is_in_browser = message is not None and message.sender is not None and message.sender.messenger == "web"
    if person is None or message is None or not message.in_private or is_in_browser:
        c.say(tr(c.language, "The board: {link}", link=f"{c.context.public_url.rstrip('/')}/board"))
    elif not must_wait(c, "/board"):
        _give_link(c, person, to=sign_in.TO_BOARD)


def listed(c: Composer, _command: Command) -> None:
    """List the person's messengers in the order they are tried; never who they are there."""
    person = _in_private(c)
    if person is None:
        return
    lines = [tr(c.language, "Your messengers, in the order in which you are written to:")]
    lines += [f"{number}. {_shown(c, person, each)}" for number, each in enumerate(person.addresses, start=1)]
    more = tr(c.language, "One more: /bind")
    if len(person.addresses) > 1:
        more = tr(c.language, "Another one first: /prefer 2. One less: /unbind 2.") + " " + more
    lines.append(more)
    c.say("\n".join(lines))


def prefer(c: Composer, command: Command) -> None:
    """Let an address be the first that is tried."""
    person = _in_private(c)
    address = _chosen(c, person, command) if person is not None else None
    if person is None or address is None:
        return
    c.people.put(replace(person, addresses=(address, *person.without(address).addresses)))
    c.journal(JournalAct.PREFERRED, messenger=address.messenger)
    name = messenger_name(address.messenger, c.language)
    c.say(tr(c.language, "You are written to on {messenger} first from now on.", messenger=name))
    if address.messenger == "web" and len(person.addresses) > 1:
        c.say(tr(c.language, "Nothing rings there: you hear of an alert only while you look at the page."))
    if address in person.unreachable:
        c.say(tr(c.language, "At the moment nothing reaches you there: you blocked or left the bridge there."))


def unbind(c: Composer, command: Command) -> None:
    """Take an address from the person, never the last nor the one they write from."""
    person = _in_private(c)
    address = _chosen(c, person, command) if person is not None else None
    if person is None or address is None:
        return
    if c.message is not None and address == c.message.sender:
        c.say(tr(c.language, "You write from there. Unbind it from another of your messengers."))
        return
    left = person.without(address)
    c.people.put(left)
    c.people.give_up(address)
    c.journal(JournalAct.UNBOUND, messenger=address.messenger)
    name = messenger_name(address.messenger, c.language)
    words = tr(c.language, "{messenger} is not bound to you any more. If that was not you: /lost", messenger=name)
    here = c.message.place if c.message else None
    tell_all(c, person, tuple(a for a in left.addresses if a != here), f"unbound:{c.inbox_id}", words)
    # From there nothing can be cut off any more.
    last = tr(c.language, "{messenger} is not bound to you any more. If that was not you: call your admin now.",
              messenger=name)  # fmt: skip
    tell_all(c, person, (address,), f"unbound:{c.inbox_id}:last", last)
    c.say(words)


#: Commands by the word people type.
OWN: dict[str, Callable[[Composer, Command], None]] = {
    "bind": bind,
    "board": board,
    "addresses": listed,
    "prefer": prefer,
    "unbind": unbind,
}


def _in_private(c: Composer) -> Person | None:
    if c.message is not None and c.message.in_private:
        return c.person
    c.say(tr(c.language, "Please write that to me in a private chat; a group is read by many."))
    return None


def _give_code(c: Composer, person: Person) -> None:
    for before in [i for i in c.view.invites() if i.person_id == person.id and i.used_at is None]:
        c.people.invite(replace(before, expires_at=min(before.expires_at, c.now)))
    code = "".join(c.context.choose(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    invite = Invite(
        id=c.context.new_id(),
        code_hash=hash_of(code),
        party=person.party,
        role=person.role,
        name=person.name,
        desk=person.desk,
        corridor=person.corridor,
        created_at=c.now,
        expires_at=c.now + CODE_LASTS,
        person_id=person.id,
    )
    c.people.invite(invite)
    c.journal(JournalAct.BIND_CODE, invite=invite.id)
    c.say(
        tr(
            c.language,
            "On your other messenger type to the bridge: /start {code}\nIt works once, within {minutes} minutes, and "
            "whoever types it writes as you: show it to nobody. For the browser type: /bind web",
            code=shown_code(code),
            minutes=_minutes(CODE_LASTS),
        )
    )


def _give_link(c: Composer, person: Person, to: str = "") -> None:
    link, path = sign_in.new_link(person.id, c.now, c.context.choose)
    c.people.sign_in(link)
    c.journal(JournalAct.SIGN_IN_LINK)
    c.say(
        tr(
            c.language,
            "Open this in the browser you want to use: {link}\nIt works once, within {minutes} minutes, and whoever "
            "opens it is signed in as you: show it to nobody.",
            link=f"{c.context.public_url.rstrip('/')}{path}{f'?to={to}' if to else ''}",
            minutes=_minutes(sign_in.LINK_LENGTH),
        )
    )


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)


def _shown(c: Composer, person: Person, address: Address) -> str:
    notes = []
    if address == person.addresses[0]:
        notes.append(tr(c.language, "preferred"))
    if c.message is not None and address == c.message.sender:
        notes.append(tr(c.language, "you write from here"))
    if address in person.unreachable:
        notes.append(tr(c.language, "not reachable: you blocked or left the bridge there"))
    name = messenger_name(address.messenger, c.language)
    return f"{name} ({', '.join(notes)})" if notes else name


def _chosen(c: Composer, person: Person, command: Command) -> Address | None:
    """The address that a command names by messenger or by its number in the list; None once it was said why not."""
    named = plain(command.rest)
    number = whole_number(named)
    if number is not None:
        found = person.addresses[number - 1 : number] if number > 0 else ()
    else:
        found = tuple(a for a in person.addresses if named in _names(a, c.language))
    if len(found) == 1:
        return found[0]
    listed(c, command)
    return None


def _names(address: Address, language: str) -> tuple[str, str]:
    return plain(address.messenger), plain(messenger_name(address.messenger, language))
