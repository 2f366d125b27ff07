"""Identified exports: an admin asks, a second person of the side approves or refuses. Decides, does no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from bot.domain import button_data
from bot.domain.closed_sets import for_each
from bot.domain.export_orders import DECIDED_WITHIN, IdentifiedOrder, OrderState, is_alive, is_second, may_decide
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Button, Keyboard, OutgoingKind
from bot.domain.people import Directory, Person
from bot.domain.recipients import Recipient, at_person
from bot.domain.time_words import both_times
from bot.domain.typed_commands import Command
from bot.language.folding import begins
from bot.language.texts import later, tr
from bot.people.lapsed_enrolment import must_wait
from bot.record.export_request import Wish, parse_wish
from bot.turns.composer import Composer

_NUMBER = re.compile(r"\W*([0-9a-z]+)\W*", re.IGNORECASE)
NOBODY = later("Nobody could approve it: your side needs a supervisor or another admin who can be reached.")
_STATES = for_each(
    OrderState,
    {
        OrderState.WAITING: later("waits for a second person"),
        OrderState.APPROVED: later("approved by {name}"),
        OrderState.REFUSED: later("refused by {name}"),
        OrderState.EXPIRED: later("expired"),
    },
)
_SETTLED = for_each(
    OrderState,
    {
        OrderState.APPROVED: JournalAct.EXPORT_APPROVED,
        OrderState.REFUSED: JournalAct.EXPORT_REFUSED,
        OrderState.EXPIRED: JournalAct.EXPORT_EXPIRED,
    },
    but={OrderState.WAITING},
)


def asked(c: Composer, person: Person, place: Address, text: str) -> None:
    """Take `/export identified SINCE UNTIL age1... reason`."""
    wish = parse_wish(text)
    if wish is None:
        c.say(
            tr(
                c.language,
                "Type for example: /export identified 2026-01-01 2026-02-01 age1... why it is needed. A second person "
                "of your side must approve it; the file is encrypted to that age recipient.",
            )
        )
        return
    problem = wish.mistake or ("" if reachable(c.view.directory, person) else NOBODY)
    if problem:
        c.say(tr(c.language, problem))
        return
    order = ask(c, person, wish, place)
    c.say(
        tr(
            c.language,
            "Order {number} is stored. A supervisor or another admin of your side must approve it by {moment}. You "
            "hear of it here.",
            number=order.number,
            moment=_moment(c, order.party, order.expires_at),
        )
    )


def ask(c: Composer, person: Person, wish: Wish, place: Address | None) -> IdentifiedOrder:
    """Store an order and tell everybody who may decide. What they may read of it on a messenger is not why."""
    order = IdentifiedOrder(
        id=c.context.new_id(),
        person_id=person.id,
        party=person.party,
        format=wish.format,
        since=wish.since,
        until=wish.until,
        recipient=wish.recipient,
        reason=wish.reason,
        place=place,
        asked_at=c.now,
        expires_at=c.now + DECIDED_WITHIN,
    )
    c.put_order(order)
    _record(c, order)
    for recipient in _at(deciders(c.view.directory, order)):
        c.tell([recipient], _key(order), _request(c, order, person, recipient.language), buttons=_choices(order))
    return order


def reachable(directory: Directory, person: Person) -> bool:
    """Whether anybody could decide what this person asks for."""
    return any(is_second(p, person.id, person.party) and p.addresses for p in directory.people.values())


def deciders(directory: Directory, order: IdentifiedOrder) -> list[Person]:
    """List who may approve or refuse an order."""
    return [p for p in directory.people.values() if may_decide(p, order)]


def decided(c: Composer, command: Command) -> None:
    """Take `/approve NUMBER` or `/refuse NUMBER reason`."""
    found = begins(_NUMBER, command.rest)
    number, reason = (found[0][1], found[1]) if found else ("", "")
    if command.name == "disapprove" and number and not reason.strip():
        c.say(tr(c.language, "Say why: /refuse {number} reason", number=number.lower()))
        return
    word = "approve" if command.name == "approve" else "refuse"
    again = f"/{word} {number.lower()}{' ...' if reason else ''}"
    _decide(c, number, reason.strip(), again, is_approved=command.name == "approve")


def tapped(c: Composer, promise: button_data.WordTap) -> None:
    """Take a tap under the request."""
    _decide(c, promise.argument, "", "", is_approved=promise.word == "approve")


def numbered(text: str) -> tuple[int, ...]:
    """The id of the order that a command or a button names, to be loaded."""
    found = begins(_NUMBER, text)
    number = button_data.from_base36(found[0][1].lower()) if found else None
    return () if number is None else (number,)


def expire(c: Composer, order_id: int) -> None:
    """Nobody decided in time."""
    order = c.view.order(order_id)
    if order is not None and order.has_lapsed(c.now):
        _settle(c, replace(order, state=OrderState.EXPIRED, decided_at=c.now))


def state_of(order: IdentifiedOrder, directory: Directory, language: str) -> str:
    """Say where an order stands and who decided."""
    person = directory.get(order.decided_by)
    return tr(language, _STATES[order.state], name=person.name if person else "?")


def _decide(c: Composer, number: str, reason: str, again: str, *, is_approved: bool) -> None:
    order = next((o for i in numbered(number) if (o := c.view.order(i)) is not None), None)
    person = c.person
    if person is None or order is None or not (may_decide(person, order) or person.id == order.person_id):
        c.say(tr(c.language, "There is no such order."))
    elif not order.is_waiting:
        state = state_of(order, c.view.directory, c.language)
        c.say(tr(c.language, "Order {number} is decided already: {state}.", number=order.number, state=state))
    elif person.id == order.person_id:
        c.say(tr(c.language, "You asked for it yourself: somebody else of your side has to decide."))
    elif order.has_lapsed(c.now) or not is_alive(order, c.view.directory.get(order.person_id)):
        _settle(c, replace(order, state=OrderState.EXPIRED, decided_at=c.now))
        c.say(tr(c.language, "Order {number} has expired; nothing is made.", number=order.number))
    elif not must_wait(c, again):
        state = OrderState.APPROVED if is_approved else OrderState.REFUSED
        _settle(c, replace(order, state=state, decided_by=person.id, decided_at=c.now, refusal=reason))
        c.say(_answer(order, c.language, is_approved=is_approved))


def _record(c: Composer, order: IdentifiedOrder) -> None:
    c.journal(
        JournalAct.EXPORT_ASKED,
        order=order.number,
        person=order.person_id,
        party=order.party,
        format=order.format,
        since=order.since.isoformat(),
        until=order.until.isoformat(),
        recipient=order.recipient,
        reason=order.reason,
    )


def _answer(order: IdentifiedOrder, language: str, *, is_approved: bool) -> str:
    if is_approved:
        return tr(language, "You have approved order {number}. The file is made for who asked.", number=order.number)
    return tr(language, "You have refused order {number}. Nothing is made.", number=order.number)


def _settle(c: Composer, order: IdentifiedOrder) -> None:
    """Write what was decided, tell who asked, and take the buttons away everywhere."""
    c.put_order(order)
    c.journal(_SETTLED[order.state], order=order.number, person=order.person_id, why=order.refusal)
    if order.state is OrderState.APPROVED:
        c.order(order)
    asker = c.view.directory.get(order.person_id)
    if asker is not None and asker.is_active:
        _tell_asker(c, order, asker)
    for recipient in _at(deciders(c.view.directory, order)):
        state = state_of(order, c.view.directory, recipient.language)
        words = tr(recipient.language, "Identified export {number}: {state}.", number=order.number, state=state)
        c.tell([recipient], f"{_key(order)}:settled", words, kind=OutgoingKind.EDIT, replaces=_key(order))


def _tell_asker(c: Composer, order: IdentifiedOrder, asker: Person) -> None:
    state = state_of(order, c.view.directory, asker.language)
    words = tr(asker.language, "Your identified export {number}: {state}.", number=order.number, state=state)
    if order.state is OrderState.REFUSED:
        words += " " + tr(asker.language, "Why is on the page: {link}", link=_page(c))
    at = replace(at_person(asker), addresses=(order.place,) if order.place else asker.addresses)
    c.tell([at], f"{_key(order)}:told", words)


def _request(c: Composer, order: IdentifiedOrder, person: Person, language: str) -> str:
    return tr(
        language,
        "{name} asks for an identified export of {party}'s cases, {since} to {until}: names, places, free texts. It is "
        "encrypted to {recipient}. Why is on the page: {link}\nDecide by {moment}: /approve {number} or /refuse "
        "{number} reason",
        name=person.name,
        party=order.party,
        since=f"{order.since:%Y-%m-%d}",
        until=f"{order.until:%Y-%m-%d}",
        recipient=f"{order.recipient[:12]}...",
        link=_page(c),
        moment=_moment(c, order.party, order.expires_at),
        number=order.number,
    )


def _choices(order: IdentifiedOrder) -> Keyboard:
    named = (("approve", tr("en", "Approve")), ("refuse", tr("en", "Refuse")))
    return (tuple(Button(label, button_data.write(button_data.WordTap(word, order.number))) for word, label in named),)


def _at(people: Iterable[Person]) -> list[Recipient]:
    return [at_person(person) for person in people]


def _key(order: IdentifiedOrder) -> str:
    return f"order:{order.id}"


def _page(c: Composer) -> str:
    return f"{c.context.public_url.rstrip('/')}/exports"


def _moment(c: Composer, party: str, moment: datetime) -> str:
    """A moment in the side's own time; the other side has no part in it."""
    side = c.context.agreement.parties.get(party)
    return both_times(moment, [side] if side else ())
