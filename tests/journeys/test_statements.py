"""What a message costs the database: statements and commits, which no busy machine changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.domain.people import Role
from tests.kit.played import PlayedBridge
from tests.kit.story import MESSAGES
from tests.kit.world import Somebody

#: Most that one answer takes, with the claim of what else is due that `says` waits for, and what was sent being noted.
_STATEMENTS = 32
_COMMITS = 4  #: one to read, one to write, one to claim, one to note
_MANY = 50


@contextmanager
def _counted() -> Iterator[list[str]]:
    """Every statement of the block, begins and commits among them."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    def end(_connection: object) -> None:
        said.append("COMMIT")

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", end)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", end)


async def _officers(bridge: PlayedBridge) -> list[str]:
    addresses = [f"telegram:of{number}" for number in range(_MANY)]
    await bridge.enrol(*(Somebody(f"Officer {a}", "KH", Role.OFFICER, (a,)) for a in addresses))
    return addresses


async def test_an_answer_alone_takes_one_read_and_one_commit_besides_what_is_claimed_and_noted(
    bridge: PlayedBridge,
) -> None:
    officer = (await _officers(bridge))[0]
    for text in MESSAGES[:3]:
        await bridge.says(officer, text)
    with _counted() as said:
        await bridge.says(officer, MESSAGES[3])
    assert said.count("COMMIT") <= _COMMITS, said
    assert len(said) <= _STATEMENTS, said


async def test_fifty_answers_at_once_take_no_more_statements_than_one(bridge: PlayedBridge) -> None:
    officers = await _officers(bridge)
    for text in MESSAGES[:3]:
        await bridge.say_at_once(*((officer, text) for officer in officers))
    with _counted() as said:
        await bridge.say_at_once(*((officer, MESSAGES[3]) for officer in officers))
    assert said.count("COMMIT") <= _COMMITS, said
    assert len(said) <= _STATEMENTS, said


async def test_what_was_sent_is_noted_without_reading_anything(bridge: PlayedBridge) -> None:
    officer = (await _officers(bridge))[0]
    with _counted() as said:
        await bridge.says(officer, MESSAGES[0])
    noting = said.index(next(statement for statement in said if statement.startswith("UPDATE outbox SET state")))
    assert said[noting - 1].startswith("BEGIN IMMEDIATE")
    assert said[noting + 1] == "COMMIT"
