"""Commands about people: invites, the list, cutting off, sign-in links."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from bot.app import essentials
from bot.cli.database import opened, write
from bot.config.model import Settings
from bot.domain.agreement import Agreement
from bot.domain.errors import BridgeError
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.domain.people import Invite, Person, Role
from bot.domain.time_words import as_utc
from bot.language.normalise import clean
from bot.language.texts import tr
from bot.people import handover, reconfirmation, revocation, role_changes
from bot.people.enrolment import CODE_ALPHABET, CODE_LENGTH, hash_of, shown_code
from bot.ports.storage import Storage
from bot.turns.composer import Composer


@dataclass(frozen=True, slots=True)
class InviteOrder:
    """Who shall be enrolled."""

    party: str
    role: str
    name: str
    desk: str
    corridor: str
    valid: timedelta
    by: str


async def invite(settings: Settings, order: InviteOrder) -> list[str]:
    """Make a one-time code; only its hash is kept."""
    from adapters.telegram.name import bot_name
    from bot.app import messengers

    _check_invite(order, settings.agreement())
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    now = essentials.clock()
    kept = Invite(
        id=essentials.chance().new_id(),
        code_hash=hash_of(code),
        party=order.party,
        role=Role(order.role),
        name=" ".join(clean(order.name).split()),
        desk=order.desk,
        corridor=order.corridor,
        created_at=now,
        expires_at=now + order.valid,
    )

    def act(c: Composer) -> None:
        c.people.invite(kept)
        c.journal(JournalAct.INVITED, party=kept.party, role=kept.role.value, desk=kept.desk, invite=kept.id)

    async with opened(settings) as storage:
        await write(settings, storage, order.by, act)
        scanned = await _to_scan(settings, storage, code, order.valid)
    shown = shown_code(code)
    lines = [
        f"Code for {kept.name}: {shown}",
        f"Works once, until {as_utc(kept.expires_at)}. They type: /start {shown}",
    ]
    telegram = messengers.telegram_of(settings)
    name = await bot_name(telegram) if telegram is not None else ""
    if name:
        lines.append(f"On Telegram they open: https://t.me/{name}?start={code}")
    elif telegram is not None:
        lines.append("On Telegram: they open the bot and type it (Telegram did not tell the bot's name just now).")
    return lines + scanned


async def _to_scan(settings: Settings, storage: Storage, code: str, valid: timedelta) -> list[str]:
    """Say where the QR code is that enrols on WeChat, where that is set up."""
    from bot.app import messengers

    adapter = messengers.wechat_adapter(messengers.Wiring(settings, essentials.node_of(storage)))
    if adapter is None:
        return []
    try:
        link = await adapter.invite_link(code, valid)
    finally:
        await adapter.stop()
    if not link:
        return ["On WeChat: they follow the account and type it (WeChat made no QR code just now)."]
    return [f"On WeChat they scan: {link}"]


def _check_invite(order: InviteOrder, agreement: Agreement) -> None:
    role_changes.check(agreement, order.party, Role(order.role), order.desk)
    corridors = [c.code for c in agreement.corridors_of(order.party)]
    if order.corridor and order.corridor not in corridors:
        raise BridgeError(f"{order.party} is no side of {order.corridor}. Its corridors: {', '.join(corridors)}.")
    if not clean(order.name):
        raise BridgeError("The name is empty.")


async def people(settings: Settings) -> list[str]:
    """List everybody, revoked people too."""
    async with opened(settings) as storage:
        directory = (await storage.directory()).as_of(essentials.clock())
    everybody = directory.people.values()
    if not everybody:
        return ["Nobody is enrolled. Start with: casebridge invite --party ... --role officer --name ..."]
    every = settings.people.confirm_every
    return [
        f"{directory.short(p)}  {_person_line(p, every, is_on_duty=directory.is_on_duty(p))}"
        for p in sorted(everybody, key=lambda p: (p.party, p.role, p.name))
    ]


def _person_line(person: Person, every: timedelta, *, is_on_duty: bool) -> str:
    state = "active" if person.is_active else f"cut off {as_utc(person.revoked_at)}" if person.revoked_at else ""
    duty = "" if is_on_duty or not person.is_active else ", off duty"
    if person.is_active and person.has_lapsed(essentials.clock(), every):
        duty += ", has to be confirmed"
    where = ", ".join(_address(person, each) for each in person.addresses) or "no messenger"
    desk = f" {person.desk}" if person.desk else ""
    return f"{person.party} {person.role.value}{desk}  {person.name}  {where}  {state}{duty}"


def _address(person: Person, address: Address) -> str:
    return f"{address.messenger} (left)" if address in person.unreachable else address.messenger


async def revoke(settings: Settings, named: str, by: str) -> list[str]:
    """Cut a person off: bindings, sessions and links end at once, and their desk is told."""
    async with opened(settings) as storage:
        person = await person_of(storage, named)
        if not person.is_active:
            return [f"{person.name} was cut off already."]
        left: list[handover.CasesLeft] = []

        def act(c: Composer) -> None:
            left[:] = [revocation.cut_off(c, person, JournalAct.REVOKED, tr("en", "by an admin"))]

        await write(settings, storage, by, act, revocation.wants(person.id))
    lines = [f"{person.name} is cut off from all messengers and sessions."]
    if left[0].assigned:
        references = ", ".join(case.reference for case in left[0].assigned)
        lines.append(f"These open cases need a new hand, and their desk is told: {references}")
    return lines


async def change(settings: Settings, named: str, wanted: role_changes.Change, by: str) -> str:
    """Change somebody's role, desk or language; it holds at once, on every node."""
    async with opened(settings) as storage:
        person = await _active(storage, named)
        after = role_changes.changed(person, wanted, settings.agreement())
        if after == person:
            return f"{person.name} is that already; nothing was changed."
        await write(
            settings, storage, by, lambda c: role_changes.change(c, person, after), role_changes.wants(person.id)
        )
    desk = f" at {after.desk}" if after.desk else ""
    return f"{after.name} is now {after.role.value}{desk}, language {after.language}."


async def confirm(settings: Settings, named: str, by: str) -> str:
    """Confirm that somebody still does this work."""
    async with opened(settings) as storage:
        person = await _active(storage, named)
        until = essentials.clock() + settings.people.confirm_every

        def act(c: Composer) -> None:
            reconfirmation.confirmed(c, person)

        await write(settings, storage, by, act, reconfirmation.wants(person.id))
    return f"{person.name} is confirmed until {as_utc(until)}."


async def sign_in(settings: Settings, named: str, by: str) -> str:
    """Make a new one-time sign-in link."""
    from adapters.web.site.sign_in_pages import new_link

    async with opened(settings) as storage:
        person = await person_of(storage, named)
        if not person.is_active:
            raise BridgeError(f"{person.name} is cut off; invite them again first.")
        path = await new_link(storage, person.id, essentials.clock())
        await write(settings, storage, by, lambda c: c.journal(JournalAct.SIGN_IN_LINK, person=person.id))
    return f"{settings.server.url}{path}\nWorks once, within 10 minutes."


async def person_of(storage: Storage, named: str) -> Person:
    """Find an enrolled person. Raises `BridgeError`."""
    person = (await storage.directory()).named(named)
    if person is None:
        raise BridgeError(f"There is nobody with the number {named}. See: casebridge people")
    return person


async def _active(storage: Storage, named: str) -> Person:
    person = await person_of(storage, named)
    if not person.is_active:
        raise BridgeError(f"{person.name} is cut off; invite them again first.")
    return person
