"""Commands about people at a terminal: cutting off, changing, confirming, and what a running bridge then sends."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.essentials import clock
from bot.domain.messages import Delivery, DeliveryState
from bot.domain.people import Person, Role
from bot.domain.turn import Turn
from tests.kit.running import Setup, Terminal, person
from tests.kit.site import REFERENCE, sample_case


def kept(setup: Setup) -> tuple[dict[int, Person], list[Delivery]]:
    """Who is enrolled now, and what waits to be sent."""

    async def read() -> tuple[dict[int, Person], list[Delivery]]:
        async with setup.storage() as storage:
            return (await storage.directory()).people, await storage.outbox(list(DeliveryState), 100)

    return asyncio.run(read())


def enrol(setup: Setup, *people: Person, assigned: tuple[int, ...] = ()) -> None:
    """Enrol people; a second case is assigned to some."""

    async def write() -> None:
        async with setup.storage() as storage:
            await storage.apply([Turn(people=people)])
            if assigned:
                case = sample_case("KC26-7H4QM-4", 900, assignees=assigned)
                turn = Turn(cases=(case,), new_cases=frozenset({900}), answers=tuple(case.answers.values()))
                await storage.apply([turn])

    asyncio.run(write())


def test_revoking_somebody_tells_their_desk_which_cases_need_a_new_hand(setup: Setup, terminal: Terminal) -> None:
    enrol(setup, person(22, "KH", Role.DUTY, "kh-duty"), assigned=(21,))
    first, second = terminal("revoke", "21")
    assert first == "duty 21 is cut off from all messengers and sessions."
    assert second == "These open cases need a new hand, and their desk is told: KC26-7H4QM-4"
    (told,) = [d for d in kept(setup)[1] if "was cut off: by an admin" in d.message.text]
    assert (told.message.recipient, told.state) == ("person:22", DeliveryState.QUEUED)
    assert "KC26-7H4QM-4" in told.message.text
    assert REFERENCE not in told.message.text


async def test_what_a_command_says_can_be_sent_by_the_running_bridge_at_once(setup: Setup, terminal: Terminal) -> None:
    await terminal.beside("change", "11", "--role", "supervisor")
    async with setup.storage() as storage:
        (told,) = await storage.claim_outbox(["telegram"], clock() + timedelta(seconds=1), 10, timedelta(seconds=30))
    assert told.message.recipient == "person:11"


def test_changing_somebody_is_journalled_and_said(setup: Setup, terminal: Terminal) -> None:
    assert terminal("change", "11", "--role", "duty", "--desk", "kh-police") == [
        "officer 11 is now duty at kh-police, language en."
    ]
    assert terminal("change", "11", "--role", "officer") == ["officer 11 is now officer, language en."]
    assert terminal("change", "11", "--role", "officer") == ["officer 11 is that already; nothing was changed."]
    found = kept(setup)[0][11]
    assert (found.role, found.desk) == (Role.OFFICER, "")
    acts = [row[0] for row in setup.query("SELECT act FROM journal WHERE act = 'changed'")]
    assert len(acts) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("--role", "duty"),
            "A duty officer belongs to a desk: add --desk. Desks of KH: kh-duty, kh-police.",
        ),
        (("--desk", "cn-duty"), "KH has no desk cn-duty. Its desks: kh-duty, kh-police."),
        (("--language", "xx"), "KH has no language xx. Its languages: "),
    ],
)
def test_a_change_that_makes_no_sense_is_one_sentence(
    terminal: Terminal, words: tuple[str, ...], sentence: str
) -> None:
    (said,) = terminal("change", "11", *words, code=1)
    assert said.startswith(sentence)


def test_a_change_of_nothing_is_wrong_usage(terminal: Terminal) -> None:
    assert any("Say what to change" in line for line in terminal("change", "11", code=2))


def test_somebody_who_lapsed_is_shown_and_can_be_confirmed(setup: Setup, terminal: Terminal) -> None:
    enrol(setup, replace(person(22, "KH", Role.SUPERVISOR, "kh-duty"), confirmed_at=clock() - timedelta(days=91)))
    assert any(line.endswith("active, has to be confirmed") for line in terminal("people"))
    (said,) = terminal("confirm", "22")
    assert said.startswith("supervisor 22 is confirmed until 20")
    assert not any("has to be confirmed" in line for line in terminal("people"))
    assert any("Your enrolment is confirmed until" in d.message.text for d in kept(setup)[1])


def test_nobody_who_is_cut_off_is_changed_or_confirmed(terminal: Terminal) -> None:
    terminal("revoke", "11")
    for words in (("change", "11", "--language", "en"), ("confirm", "11")):
        assert terminal(*words, code=1) == ["officer 11 is cut off; invite them again first."]


def test_where_somebody_cannot_be_reached_any_more_is_shown(setup: Setup, terminal: Terminal) -> None:
    left = person(23, "KH", Role.OFFICER)
    enrol(setup, replace(left, unreachable=frozenset(left.addresses)))
    assert any("telegram (left)" in line for line in terminal("people"))
