"""What `casebridge setup` sets on phones, what it says of it, and what it does not start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import phone_menus
from tests.fakes.bot_api import BotApi
from tests.kit.running import Setup, Terminal, running


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


async def terminal_at(api: BotApi, folder: Path) -> Terminal:
    setup = Setup(folder, api=api.url)
    setup.write()
    await setup.enrol()
    return Terminal(setup.file)


async def test_telegrams_list_of_commands_is_set_and_told(api: BotApi, tmp_path: Path) -> None:
    terminal = await terminal_at(api, tmp_path)
    for _ in range(2):
        assert await terminal.beside("setup", "telegram") == [
            "The list of commands on the phone: /alert, /cases, /summary, /bind, /help."
        ]
    assert [(each["command"], each["description"]) for each in api.commands] == list(phone_menus.commands())


async def test_setting_up_takes_no_message_away_from_the_bridge(api: BotApi, tmp_path: Path) -> None:
    terminal = await terminal_at(api, tmp_path)
    await terminal.beside("setup", "telegram")
    assert {call.method for call in api.calls} == {"setMyCommands"}


async def test_it_works_beside_a_running_bridge(api: BotApi, tmp_path: Path) -> None:
    setup = Setup(tmp_path, api=api.url)
    await setup.enrol()
    async with running(setup):
        (line,) = await Terminal(setup.file).beside("setup", "telegram")
    assert line.startswith("The list of commands")


@pytest.mark.parametrize("fault", ["unauthorized", "down", "garbage"])
async def test_what_telegram_does_not_take_is_one_sentence_without_the_token(
    api: BotApi, tmp_path: Path, fault: str
) -> None:
    terminal = await terminal_at(api, tmp_path)
    api.fail(fault, method="setMyCommands")
    (sentence,) = await terminal.beside("setup", "telegram", code=1)
    assert sentence.endswith(".")
    assert api.token.partition(":")[2] not in sentence


def test_a_messenger_that_is_none_or_not_set_up_is_a_sentence(terminal: Terminal, setup: Setup) -> None:
    (sentence,) = terminal("setup", "pigeon", code=1)
    assert sentence.startswith("There is no messenger of that name. Write one of: telegram, web, email")
    assert terminal("setup", "email", code=1) == [
        "email is not in the configuration. Write the mail server in [email]."
    ]


def test_a_messenger_without_menus_has_nothing_to_set(terminal: Terminal) -> None:
    assert terminal("setup", "web") == ["There is nothing to set up on web."]
