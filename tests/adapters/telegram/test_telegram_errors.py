"""Every way in which Telegram, a proxy or the network can fail, and that no failure tells a secret."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.telegram import TelegramAdapter
from bot.domain.errors import Refused, SendError, Throttled, Unavailable, Uncertain, Unreachable
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.people import User
from tests.kit.inbox import Inbox
from tests.kit.telegram import export, make_telegram, outgoing, running, send
from tests.kit.time_outs import pass_time

SECRET_TEXT = "girl locked in a flat"
SECRET_PART = TOKEN.partition(":")[2]

KINDS: list[tuple[str, type[SendError], bool]] = [
    ("throttle", Throttled, True),
    ("forbidden", Unreachable, False),
    ("unauthorized", Unavailable, True),
    ("conflict", Unavailable, True),
    ("down", Unavailable, True),
    ("gateway", Unavailable, True),
    ("garbage", Unavailable, True),
    ("no-result", Unavailable, True),
    ("wrong-shape", Unavailable, True),
    ("odd-refusal", Unavailable, True),
    ("reset", Unavailable, True),
    ("timeout", Uncertain, True),
]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(on_hold=pass_time) as api:
        User(api, 111)
        yield api


@pytest.fixture
async def telegram(api: BotApi, tmp_path: Path) -> AsyncIterator[TelegramAdapter]:
    async with running(make_telegram(api, exports=tmp_path)) as telegram:
        await api.until(lambda: api.count("getUpdates"))
        yield telegram


@pytest.mark.parametrize(("kind", "error", "retryable"), KINDS)
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "sendDocument"])
async def test_each_failure_says_what_to_do_next(
    api: BotApi,
    telegram: TelegramAdapter,
    tmp_path: Path,
    method: str,
    kind: str,
    error: type[SendError],
    retryable: bool,
) -> None:
    delivery = {
        "sendMessage": outgoing(111, SECRET_TEXT),
        "editMessageText": outgoing(111, SECRET_TEXT, edits="1"),
        "sendDocument": outgoing(111, SECRET_TEXT, file=export(tmp_path)),
    }[method]
    fault = api.fail(kind, method=method)
    with pytest.raises(error) as caught:
        await send(telegram, delivery)
    assert type(caught.value) is error
    assert caught.value.retryable is retryable
    assert fault.times == 0
    assert_tells_nothing("".join(traceback.format_exception(caught.value)))


@pytest.mark.parametrize(
    ("description", "error"),
    [
        ("chat not found", Unreachable),
        ("user is deactivated", Unreachable),
        ("PEER_ID_INVALID", Unreachable),
        ("not enough rights to send text messages to the chat", Unreachable),
        ("TOPIC_CLOSED", Unreachable),
        ("message is too long", Refused),
        ("message to edit not found", Refused),
        (f"can't read: {SECRET_TEXT}", Refused),
        (SECRET_TEXT, Refused),
    ],
)
async def test_a_bad_request_is_about_the_place_or_about_the_message(
    api: BotApi, telegram: TelegramAdapter, description: str, error: type[SendError]
) -> None:
    api.fail("refuse", description=description)
    with pytest.raises(error) as caught:
        await send(telegram, outgoing(111, "hello"))
    assert type(caught.value) is error
    assert SECRET_TEXT not in caught.value.reason


async def test_after_a_time_out_the_message_may_have_arrived(api: BotApi, telegram: TelegramAdapter) -> None:
    api.fail("timeout")
    with pytest.raises(Uncertain):
        await send(telegram, outgoing(111, "hello"))
    assert [post.text for post in api.sent(111)] == ["hello"]


async def test_without_a_connection_nothing_can_have_arrived(api: BotApi) -> None:
    async with running(make_telegram(api, api_base_url="http://127.0.0.1:9")) as telegram:
        with pytest.raises(Unavailable):
            await send(telegram, outgoing(111, "hello"))


async def test_a_wait_that_is_only_said_in_words_is_understood(api: BotApi, telegram: TelegramAdapter) -> None:
    api.fail("refuse", description="Too Many Requests: retry after 9")
    with pytest.raises(Throttled) as caught:
        await send(telegram, outgoing(111, "hello"))
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 9


async def test_after_trouble_the_next_message_goes(api: BotApi, telegram: TelegramAdapter) -> None:
    for kind, *_ in KINDS:
        api.fail(kind)
        with pytest.raises(SendError):
            await send(telegram, outgoing(111, "hello"))
    assert await send(telegram, outgoing(111, "and now"))


async def test_neither_token_nor_text_nor_name_is_ever_logged(
    api: BotApi, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    inbox = Inbox()
    for method in ("deleteWebhook", "getMe", "getUpdates"):
        for kind in ("down", "garbage", "unauthorized", "timeout", "reset", "conflict"):
            api.fail(kind, method=method)
    with capture_logs() as logs:
        async with running(make_telegram(api, exports=tmp_path), inbox) as telegram:
            User(api, 112, name="Sokha-Verysecret").says(SECRET_TEXT)
            await inbox.until(lambda: inbox.taken)
            for kind, *_ in KINDS:
                api.fail(kind)
                with pytest.raises(SendError):
                    await send(telegram, outgoing(111, SECRET_TEXT))
            await send(telegram, outgoing(111, SECRET_TEXT, tap_id="late"))
            await send(telegram, outgoing(111, SECRET_TEXT, file=export(tmp_path)))
    assert any("Telegram" in str(line["event"]) for line in logs)
    printed = capsys.readouterr()
    assert_tells_nothing(f"{logs} {caplog.text} {printed.out} {printed.err}")


async def test_the_token_is_not_in_what_the_adapter_prints_of_itself(telegram: TelegramAdapter) -> None:
    assert_tells_nothing(f"{telegram!r} {telegram._settings!r} {telegram._sending!r}")


def assert_tells_nothing(told: Any) -> None:
    for secret in (SECRET_PART, SECRET_TEXT, "Verysecret", "\\xff<html>"):
        assert secret not in str(told), f"{secret} was told"
