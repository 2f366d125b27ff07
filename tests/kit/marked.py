"""A turn that writes something sensitive into every sealed column, marked, and looks at what a database holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from bot.domain.attachments import StoredFile
from bot.domain.case import Answer, CaseText, Channel, Handoff, HandoffState, TextKind
from bot.domain.english import English, Translation
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.guarded import Guarded
from bot.domain.joint_operation import Plan
from bot.domain.messages import Address, Attachment, Button
from bot.domain.people import Invite, Role
from bot.domain.push import Subscription
from bot.domain.referral import Ground, Referral, ReferralState
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import InboxState, Turn
from bot.ports.messenger_state import Token
from bot.ports.reads import Wanted
from bot.ports.storage import Storage
from storage.sealed import SEALED_TABLES
from storage.sql.engines import writing_engine
from storage.sql.statements import SCHEMA, T
from tests.kit.clock import START
from tests.kit.values import (
    OFFICER,
    case,
    conversation,
    deadline,
    entry,
    inbound,
    inbox,
    message,
    new_id,
    opening,
    person,
)

MARK = "Zzyzx"  #: in nothing that anybody would write
LATITUDE, LONGITUDE = 28.682976, 115.857972


def marked_turn(officer: int = OFFICER) -> Turn:
    """Everything that people write, with the mark in it."""
    number, chat = new_id(), Address("telegram", str(500 + officer))
    name = Answer(new_id(), number, "summary", Guarded(f"{MARK} says that"), START, officer)
    version = English(new_id(), number, name.id, Guarded(f"{MARK} in English"), START, officer, "KH", Role.OFFICER)
    handoff = Handoff(
        new_id(),
        number,
        Channel.POLICE,
        HandoffState.RETURNED,
        "cn-police",
        officer,
        START,
        accepting_officer=Guarded(f"Major {MARK}"),
        return_reason=Guarded(f"{MARK} is not here"),
    )
    opened = replace(
        case(),
        id=number,
        officer=officer,
        answers={"summary": name},
        english={name.id: version},
        handoffs=(handoff,),
        referrals=(_a_referral(number, officer),),
        plans=(Plan(new_id(), number, START, officer, "KH", where=Guarded(f"house of {MARK}")),),
        deadlines=(deadline(number),),
    )
    said = inbound(
        f"I am with {MARK}",
        sender=chat,
        place=chat,
        latitude=LATITUDE,
        longitude=LONGITUDE,
        attachment=Attachment("photo", f"{MARK}.jpg", "image/jpeg", 7),
        sender_name=MARK,
        raw=f'{{"text": "{MARK}"}}'.encode(),
    )
    sent = message(address=chat, text=f"{MARK} is found", buttons=((Button(f"Assign {MARK}", "a.1"),),), case_id=number)
    return opening(
        opened,
        inbox=inbox(said, state=InboxState.FAILED, reply=f"You wrote {MARK}", person_id=officer, next_attempt_at=START),
        answers=(name,),
        texts=(CaseText(new_id(), number, TextKind.NOTE, Guarded(f"{MARK} called"), START, officer, "KH"),),
        english=(version,),
        translations=(Translation(name.id, number, "summary", next_attempt_at=START),),
        secure=(SecureEntry(new_id(), number, SecureField.NAMES, Guarded(MARK), START, officer, "KH"),),
        files=(StoredFile(new_id(), number, "telegram", f"id-{MARK}", f"{MARK}.jpg", START, officer, "KH"),),
        conversations=(conversation(person_id=officer, pending={"held": [MARK]}),),
        journal=(entry(details={"reason": MARK}, salt=f"5a17{number}", case_id=number),),
        outgoing=(sent,),
        people=(person(officer, name=MARK),),
        orders=(an_order(officer),),
        invites=(Invite(new_id(), f"hash{number}", "KH", Role.OFFICER, MARK, "", "", START, START),),
    )


def _a_referral(number: int, by: int) -> Referral:
    return Referral(
        new_id(), number, "kh-shelter", "KH", ReferralState.RETURNED, by, START, Ground.CONSENT, (1,),
        taken_by=Guarded(f"{MARK} takes her"), reason=Guarded(f"{MARK} is away"), spoken=Guarded(MARK),
    )  # fmt: skip


def an_order(asker: int) -> IdentifiedOrder:
    """An order for an identified export that was wanted and refused for marked reasons."""
    return IdentifiedOrder(
        id=new_id(),
        person_id=asker,
        party="KH",
        format="csv",
        since=START,
        until=START,
        recipient="age1made-up",
        place=None,
        asked_at=START,
        expires_at=START,
        reason=f"{MARK} must be found",
        refusal=f"{MARK} is found",
    )


async def keep_marked(storage: Storage, *turns: Turn) -> None:
    """Write these turns, and for each of them what is kept outside of turns."""
    await storage.apply(turns)
    await keep_tokens(storage, turns)


async def keep_tokens(storage: Storage, turns: Sequence[Turn]) -> None:
    """Keep a token to each of these turns."""
    for turn in turns:
        await storage.save_token(*_token_of(turn))
        await storage.add_subscription(_browser_of(turn))


def _browser_of(turn: Turn) -> Subscription:
    number = turn.cases[0].id
    return Subscription(number, f"session {number}", START, f"https://push.example/{MARK}/{number}", MARK, MARK)


def _token_of(turn: Turn) -> tuple[str, Token]:
    number = turn.cases[0].id
    return f"wechat:{number}", Token(f"{MARK} opens {number}", START)


async def assert_reads(storage: Storage, turn: Turn) -> None:
    """All of it comes back as it was written."""
    assert turn.inbox is not None
    (opened,), (talk,), (invite,) = turn.cases, turn.conversations, turn.invites
    key, officer = turn.inbox.message.key, opened.officer
    orders = {order.id: order for order in turn.orders}
    wanted = Wanted(seen=(key,), people=(officer,), cases=(opened.id,), codes=(invite.code_hash,), orders=tuple(orders))
    loaded = await storage.load(wanted)
    history = await storage.history(opened.id)
    assert loaded.seen[key] == turn.inbox.reply
    assert loaded.cases[opened.id] == opened
    assert loaded.conversations[officer].pending == talk.pending
    assert loaded.invites == {invite.code_hash: invite}
    assert loaded.orders == orders
    assert (history.answers, history.texts, history.files) == (turn.answers, turn.texts, turn.files)
    assert history.english == turn.english
    assert await storage.secure_entries(opened.id) == list(turn.secure)
    assert [delivery.message for delivery in history.deliveries] == list(turn.outgoing)
    assert [link.entry for link in history.journal] == list(turn.journal)
    assert (await storage.directory()).people[officer] == turn.people[0]
    assert turn.inbox.message.sender is not None
    said = await storage.transcript([turn.inbox.message.sender], turn.inbox.id - 1, 1000)
    assert turn.inbox.message.text in [line.text for line in said]
    name, token = _token_of(turn)
    assert await storage.token(name) == token
    assert await storage.subscriptions([_browser_of(turn).person_id]) == [_browser_of(turn)]


def dumped(url: str) -> dict[str, list[Any]]:
    """Every row of every table, as the database gives it."""
    engine = writing_engine(url)
    with engine.connect() as connection:
        found = {name: list(connection.execute(text(f"SELECT * FROM {name}")).mappings()) for name in SCHEMA.tables}
    engine.dispose()
    return found


def sealed_values(url: str) -> dict[str, list[bytes]]:
    """What is in each sealed column, by ``table.column``."""
    rows = dumped(url)
    return {
        f"{table.name}.{column}": [bytes(row[column]) for row in rows[table.name] if row[column]]
        for table in SEALED_TABLES
        for column in table.columns
    }


def change(url: str, table: str, key: object, **values: object) -> None:
    """Tamper with one row."""
    engine = writing_engine(url)
    (column,) = T[table].primary_key.columns
    with engine.begin() as connection:
        connection.execute(T[table].update().where(column == key).values(values))
    engine.dispose()


def swap(url: str, table: str, column: str) -> None:
    """Exchange the values of a column between the first two rows of a table."""
    engine = writing_engine(url)
    key = next(iter(T[table].primary_key.columns))
    with engine.begin() as connection:
        (one, first), (two, second) = connection.execute(select(key, T[table].c[column]).order_by(key).limit(2)).all()
        for owner, value in ((one, second), (two, first)):
            connection.execute(T[table].update().where(key == owner).values({column: value}))
    engine.dispose()


def files_of(folder: Path) -> bytes:
    """All that the files of an SQLite database hold."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("casebridge.db*")))
