"""`casebridge check`: what is right, what is missing, and with `--live` who answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.people import Role
from tests.fakes.bot_api import BotApi
from tests.fakes.libre_translate import LibreTranslate
from tests.kit.running import Setup, Terminal, person, running

DESKS = {"kh-duty": ["telegram:-1"], "cn-duty": [], "cn-police": []}
WRITTEN = "database: ok, a row was written and deleted again."
ANSWERS = "telegram: Telegram answers, the bot is @"
NOBODY = "desk cn-police: reaches nobody. Give it an address, or enrol somebody: "


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def setup(api: BotApi, tmp_path: Path) -> Setup:
    setup = Setup(tmp_path, api=api.url, desks=DESKS)
    setup.write()
    await setup.enrol(person(1, "CN", Role.DUTY, "cn-duty"), person(2, "CN", Role.DUTY, "cn-police"))
    return setup


async def test_it_says_which_desks_are_told_only_where_somebody_enrolled(setup: Setup) -> None:
    assert Terminal(setup.file)("check") == [
        "The configuration is right: 2 parties, 3 desks.",
        "Without an address, so told only where people of theirs enrol: cn-duty, cn-police.",
    ]


async def test_live_it_asks_the_database_and_each_messenger_and_writes_to_nobody(setup: Setup, api: BotApi) -> None:
    *_, database, telegram = await Terminal(setup.file).beside("check", "--live")
    assert database == WRITTEN
    assert telegram.startswith(ANSWERS)
    assert {call.method for call in api.calls} == {"getMe"}
    assert setup.query("SELECT count(*) FROM leases") == [(0,)]


async def test_a_desk_that_reaches_nobody_is_said_with_what_mends_it(setup: Setup) -> None:
    setup.change("DELETE FROM people WHERE id = 2")
    setup.change("DELETE FROM bindings WHERE person_id = 2")
    lines = await Terminal(setup.file).beside("check", "--live", code=1)
    assert lines[-2:] == [
        f"{NOBODY}casebridge invite --party CN --role duty --desk cn-police --name NAME",
        "1 thing of these must be mended.",
    ]


@pytest.mark.parametrize("fault", ["unauthorized", "down", "garbage"])
async def test_a_messenger_that_does_not_know_us_is_one_line_without_the_token(
    setup: Setup, api: BotApi, fault: str
) -> None:
    api.fail(fault, method="getMe", times=9)
    *_, database, telegram, count = await Terminal(setup.file).beside("check", "--live", code=1)
    assert database == WRITTEN
    assert telegram.startswith("telegram: ")
    assert telegram.endswith(".")
    assert count == "1 thing of these must be mended."
    assert api.token.partition(":")[2] not in telegram


async def test_with_no_database_the_messengers_are_asked_all_the_same(setup: Setup) -> None:
    (setup.folder / "casebridge.db").unlink()
    *_, database, telegram, _ = await Terminal(setup.file).beside("check", "--live", code=1)
    assert database.startswith("database: ")
    assert "casebridge migrate" in database
    assert telegram.startswith(ANSWERS)


async def test_beside_a_running_bridge_it_disturbs_nothing(setup: Setup) -> None:
    async with running(setup):
        lines = await Terminal(setup.file).beside("check", "--live")
    assert WRITTEN in lines


def test_what_runs_without_a_configuration_is_right_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    right, missing = Terminal()("check")
    assert right == "The configuration is right: 2 parties, 8 desks."
    assert missing.startswith("Without an address, so told only where people of theirs enrol: kh-duty, ")


@pytest.mark.parametrize(
    ("key", "code", "said"),
    [("right", 0, "translation: ok"), ("a-wrong-one", 1, "translation: The translation server refuses our api_key")],
)
async def test_live_a_translation_server_is_tried_on_two_words_and_its_key_is_not_told(
    setup: Setup, key: str, code: int, said: str
) -> None:
    async with LibreTranslate(api_key="right") as server:
        with setup.file.open("a", encoding="utf-8") as file:
            file.write(f'\n[translation]\nurl = "{server.url}"\napi_key = "{key}"\n')
        lines = await Terminal(setup.file).beside("check", "--live", code=code)
    assert [line for line in lines if line.startswith(said)]
    assert "a-wrong-one" not in "\n".join(lines)
