"""Two bridges on one database: what one is told about a person holds at the other from the next message on."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.case import Case, Status
from bot.domain.ids import Ids
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, DeliveryState, Inbound, Kind
from bot.domain.people import Person, Role, SignIn
from bot.domain.sign_in import hash_token
from bot.domain.turn import Turn
from bot.line.line import Line
from bot.line.message_work import Order
from bot.people import guess_limits, reconfirmation, revocation, role_changes
from bot.ports.reads import Scope
from bot.ports.storage import Storage
from bot.turns.composer import Composer
from bot.turns.context import Context
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.world import agreement

OFFICER, DUTY, SUPERVISOR = 1, 2, 3
_CODE = re.compile(r"/start (\S+)")
_TOKEN = re.compile(r"/signin/(\S+)")
_PEOPLE = (
    Person(OFFICER, "Sok Dara", "KH", Role.OFFICER, addresses=(Address("telegram", "1"),), confirmed_at=START),
    Person(DUTY, "Kim Ly", "CN", Role.DUTY, "cn-duty", addresses=(Address("telegram", "2"),), confirmed_at=START),
    Person(SUPERVISOR, "Wang Fang", "CN", Role.SUPERVISOR, "cn-duty", addresses=(Address("telegram", "3"),),
           confirmed_at=START),
)  # fmt: skip


@dataclass
class Node:
    """A bridge's line, and what it has said so far."""

    storage: Storage
    line: Line
    said: list[str] = field(default_factory=list)
    count: int = 0

    async def says(self, person: int, text: str) -> str:
        """Somebody writes to this node; its answer."""
        self.count += 1
        address, name = Address("telegram", str(person)), f"{id(self)}-{self.count}"
        await self.line.receive(
            Inbound("telegram", "1", name, Kind.TEXT, START, address, address, text, message_id=name)
        )
        return self.said[-1] if self.said else ""


def _node(storage: Storage, number: int) -> Node:
    chance, ids = random.Random(number), Ids(lambda: START, number)
    rules = agreement()

    def context() -> Context:
        return Context(START, rules, ids, chance.choice, lambda: f"{chance.getrandbits(64):016x}")

    said: list[str] = []

    def committed(turns: object, _left_out: object) -> None:
        assert isinstance(turns, list)
        said.extend(o.text for turn in turns for o in turn.outgoing if o.kind == "reply")

    return Node(storage, Line(storage, context, committed=committed), said)


@pytest.fixture
async def nodes(kept: Kept) -> AsyncIterator[tuple[Node, Node]]:
    await kept.storage.apply([Turn(people=_PEOPLE)])
    both = (_node(kept.storage, 1), _node(await kept.other_node(), 2))
    for node in both:
        node.line.start()
        await node.storage.directory()
    yield both
    for node in both:
        await node.line.stop()


async def _case(node: Node) -> Case:
    (case,) = await node.storage.list_cases(Scope(DUTY, "CN", sees_party=True), open_only=False, limit=5)
    return case


async def test_a_role_that_was_changed_at_one_node_counts_at_the_other(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    await two.says(OFFICER, "somebody screams for help")
    case = await _case(two)
    assert "you have acknowledged" in await two.says(DUTY, f"/ack {case.reference}")
    person = _PEOPLE[1]
    after = role_changes.changed(person, role_changes.Change(role=Role.OFFICER), agreement())
    order = Order(lambda c: role_changes.change(c, person, after), actor="cli:root", wanted=role_changes.wants(DUTY))
    await one.line.submit(order)
    assert await two.says(DUTY, f"/close {case.reference} found_safe home") == "No such case."
    assert (await _case(two)).status is Status.ACKNOWLEDGED


async def test_who_is_cut_off_at_one_node_is_a_stranger_at_the_other(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    await two.says(OFFICER, "somebody screams for help")
    case = await _case(two)
    await two.says(DUTY, f"/ack {case.reference}")
    await two.says(DUTY, f"/assign {case.reference} me")

    def act(c: Composer) -> None:
        revocation.cut_off(c, _PEOPLE[1], JournalAct.REVOKED, "by an admin")

    await one.line.submit(Order(act, actor="cli:root", wanted=revocation.wants(DUTY)))
    assert "enrolled officers" in await two.says(DUTY, f"/close {case.reference} found_safe home")
    stands = await _case(two)
    assert (stands.is_open, stands.assignees) == (True, ())


async def test_who_is_confirmed_at_one_node_acts_at_the_other(nodes: tuple[Node, Node], kept: Kept) -> None:
    one, two = nodes
    old = START - timedelta(days=91)
    people = tuple(Person(p.id, p.name, p.party, p.role, p.desk, addresses=p.addresses, confirmed_at=old)
                   for p in _PEOPLE if p.id == DUTY)  # fmt: skip
    await kept.storage.apply([Turn(people=people)])
    assert "This waits" in await two.says(DUTY, "/offduty")
    assert "is confirmed until" in await one.says(SUPERVISOR, f"/confirm {DUTY}")
    assert "You are off duty" in await two.says(DUTY, "/offduty")


async def test_a_code_from_one_node_binds_at_the_other_and_only_once(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    first, code = [_CODE.findall(await one.says(OFFICER, "/bind"))[0] for _ in range(2)]
    assert "not valid" in await two.says(8, f"/start {first}")
    assert "A further messenger was bound" in await two.says(9, f"/start {code}")
    assert "not valid" in await one.says(8, f"/start {code}")
    await one.says(9, "somebody screams for help")
    assert (await _case(one)).officer == OFFICER
    assert "on Telegram first from now on" in await one.says(9, "/prefer 2")
    person = (await two.storage.directory()).people[OFFICER]
    assert [a.peer for a in person.addresses] == ["9", "1"]
    assert "not bound to you any more" in await two.says(9, "/unbind 2")
    assert "enrolled officers" in await one.says(OFFICER, "/cases")


async def test_a_link_asked_for_at_one_node_signs_in_at_the_other(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    (token,) = _TOKEN.findall(await one.says(OFFICER, "/bind web"))
    session = SignIn("of-the-browser", 0, START, START + timedelta(hours=1))
    assert await two.storage.use_sign_in(hash_token(token), session, START) == OFFICER
    assert await one.storage.use_sign_in(hash_token(token), session, START) is None


async def test_who_blocks_us_at_one_node_is_unreachable_at_the_other_until_they_write(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    address = Address("telegram", str(OFFICER))
    await one.line.receive(Inbound("telegram", "1", "left", Kind.LEFT, START, address, address))
    assert (await two.storage.directory()).people[OFFICER].unreachable == {address}
    await two.says(OFFICER, "/cases")
    assert not (await one.storage.directory()).people[OFFICER].unreachable


async def test_misses_at_both_nodes_are_counted_together(nodes: tuple[Node, Node]) -> None:
    for number in range(guess_limits.MISSES + 1):
        await nodes[number % 2].says(OFFICER, "/case KC26-7H4QM-4")
    asked = guess_limits.of_references(_PEOPLE[0])
    assert await nodes[0].storage.attempts(asked.kind, asked.key, START) == guess_limits.MISSES + 1


def _warn(due: list[reconfirmation.Lapse], c: Composer) -> None:
    reconfirmation.warn(c, due)


async def test_a_warning_that_both_nodes_give_goes_out_once(nodes: tuple[Node, Node]) -> None:
    rules, late = agreement(), START + timedelta(days=80)
    for node in nodes:
        due = reconfirmation.due(await node.storage.directory(), rules, late, timedelta(days=90))
        await node.line.submit(Order(partial(_warn, due), actor="clock"))
    rows = await nodes[0].storage.outbox(list(DeliveryState), 100)
    to_duty = [d for d in rows if d.message.recipient == f"person:{DUTY}"]
    assert len(to_duty) == 1
