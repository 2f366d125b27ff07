"""The fake Bot API is the yardstick of other tests, so it is held against python-telegram-bot as its author made it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TimedOut

from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.people import User, group
from tests.kit.root import ROOT


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, base_url=f"{api.url}/bot") as bot:
        yield bot


async def test_it_understands_and_is_understood_by_an_unchanged_bot(api: BotApi, bot: Bot) -> None:
    group(api, -1001, topics=(56,))
    li = User(api, 111, "Li")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    sent = await bot.send_message(-1001, "Danger? ភាសា", message_thread_id=56, reply_markup=keyboard)
    li.taps("Yes", to=-1001)
    li.says("on it", to=-1001, topic=56, reply_to=sent.message_id)
    li.sends_photo("the door")
    li.shares_location(28.7, 115.9)
    tapped, replied, photo, location = await bot.get_updates(timeout=5)
    assert tapped.callback_query is not None
    assert (tapped.callback_query.data, tapped.callback_query.from_user.first_name) == ("y", "Li")
    assert await tapped.callback_query.answer()
    assert replied.message is not None
    assert replied.message.reply_to_message is not None
    assert (replied.message.text, replied.message.message_thread_id) == ("on it", 56)
    assert replied.message.reply_to_message.message_id == sent.message_id
    assert photo.message is not None
    assert len(photo.message.photo) == 3
    assert location.message is not None
    assert location.message.location is not None
    assert (await sent.edit_text("Danger: yes")) is not True
    assert (await bot.send_document(111, b"a,b", filename="log.csv", caption="12 cases")).document is not None
    assert [post.file for post in api.sent(111)] == [("log.csv", b"a,b")]


async def test_what_is_confirmed_does_not_come_again_and_the_rest_does(api: BotApi, bot: Bot) -> None:
    dara = User(api, 111)
    for text in ("one", "two"):
        dara.says(text)
    first, second = await bot.get_updates()
    assert await bot.get_updates() == (first, second)
    assert await bot.get_updates(offset=second.update_id) == (second,)
    assert await bot.get_updates(offset=second.update_id + 1) == ()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("throttle", RetryAfter),
        ("forbidden", Forbidden),
        ("unauthorized", InvalidToken),
        ("conflict", Conflict),
        ("timeout", TimedOut),
    ],
)
async def test_its_faults_are_telegrams(
    api: BotApi, bot: Bot, kind: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    User(api, 111)
    api.fail(kind)
    with pytest.raises(error):
        await bot.send_message(111, "hello", read_timeout=0.2)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4097, "😀" * 2049])
async def test_it_refuses_texts_that_telegram_refuses(api: BotApi, bot: Bot, text: str) -> None:
    User(api, 111)
    with pytest.raises(BadRequest):
        await bot.send_message(111, text)


async def test_a_second_asker_ends_the_first(api: BotApi, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await api.until(lambda: api.count("getUpdates") == 1)
    User(api, 111).says("urgent")
    await api.until(lambda: first.done() or api.updates.waiting)
    assert len(await first) == 1
    api.updates._pending.clear()
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await api.until(lambda: api.count("getUpdates") == 2)
    async with Bot(api.token, base_url=f"{api.url}/bot") as other:
        second = asyncio.create_task(other.get_updates(timeout=5))
        with pytest.raises(Conflict):
            await first
        User(api, 111).says("for the second")
        assert len(await second) == 1


async def test_on_its_own_it_can_be_played_from_another_process() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.bot_api", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    try:
        async with aiohttp.ClientSession() as client:

            async def ask(path: str, **what: Any) -> Any:
                return await (await client.post(f"{url}/{path}", json=what)).json(content_type=None)

            keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
            await ask(f"bot{TOKEN}/sendMessage", chat_id=111, text="Danger?", reply_markup=keyboard)
            await ask("fake/says", user=111, text="urgent")
            await ask("fake/taps", user=111, label="Yes")
            updates = (await ask(f"bot{TOKEN}/getUpdates"))["result"]
            assert [next(key for key in update if key != "update_id") for update in updates] == [
                "message",
                "callback_query",
            ]
            assert [post["text"] for post in await ask("fake/posts", chat=111)] == ["Danger?", "urgent"]
            await ask("fake/fail", kind="forbidden")
            assert (await ask(f"bot{TOKEN}/sendMessage", chat_id=111, text="hello"))["error_code"] == 403
    finally:
        process.terminate()
        await process.wait()
