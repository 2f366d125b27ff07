"""Files are fetched from Telegram and from nowhere else, never more than allowed, and no error tells the token."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.telegram import TelegramAdapter
from bot.domain.errors import Refused, SendError, Throttled, Unavailable
from bot.ports.messengers import FileSource
from tests.fakes.bot_api import BotApi
from tests.fakes.wire import HOLD, RESET, Asked, Reply, Server
from tests.kit.telegram import make_telegram, running
from tests.kit.time_outs import pass_time

LIMIT = 100_000
PHOTO = b"\xff\xd8\xff" + bytes(60_000)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(on_hold=pass_time) as api:
        api.shelf.contents["photo-1"] = PHOTO
        yield api


@pytest.fixture
async def telegram(api: BotApi) -> AsyncIterator[TelegramAdapter]:
    async with running(make_telegram(api)) as telegram:
        yield telegram


async def refused(telegram: TelegramAdapter, api: BotApi, file_id: str = "photo-1") -> SendError:
    """The error of a fetch that must fail; it never holds the token or an address."""
    with pytest.raises(SendError) as caught:
        await telegram.fetch(file_id, LIMIT)
    told = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.reason}"
    assert api.token not in told
    assert "http" not in told
    return caught.value


async def test_a_file_is_fetched_whole(telegram: TelegramAdapter) -> None:
    assert isinstance(telegram, FileSource)
    assert await telegram.fetch("photo-1", LIMIT) == PHOTO


async def test_a_file_that_telegram_does_not_know_is_given_up_at_once(telegram: TelegramAdapter, api: BotApi) -> None:
    error = await refused(telegram, api, "nothing")
    assert isinstance(error, Refused)
    assert error.reason == "Telegram does not know this file."


async def test_a_file_said_to_be_too_large_is_not_even_asked_for(telegram: TelegramAdapter, api: BotApi) -> None:
    api.shelf.says = {"file_size": LIMIT + 1}
    assert isinstance(await refused(telegram, api), Refused)
    assert api.shelf.asked == []


async def test_what_telegram_itself_gives_no_bot_is_given_up_with_the_reason(
    telegram: TelegramAdapter, api: BotApi
) -> None:
    api.shelf.contents["film"] = bytes(21 << 20)
    assert (await refused(telegram, api, "film")).reason == "The file is too large."


@pytest.mark.parametrize("said", [None, -1, 10**9])
async def test_a_file_that_is_larger_than_it_was_said_to_be_is_cut_off(
    telegram: TelegramAdapter, api: BotApi, said: int | None
) -> None:
    api.shelf.says = {"file_size": 10}
    api.shelf.answers = [Reply(200, bytes(LIMIT * 20), "image/jpeg", length=said)]
    error = await refused(telegram, api)
    assert isinstance(error, Refused)
    assert error.reason == "The file is too large."


async def test_a_file_that_comes_in_part_is_fetched_again(telegram: TelegramAdapter, api: BotApi) -> None:
    api.shelf.answers = [
        Reply(200, PHOTO[:100], "image/jpeg", length=100),
        Reply(200, PHOTO[:100], "image/jpeg", length=len(PHOTO)),
        Reply(200, PHOTO, "image/jpeg", length=100),
    ]
    for _ in range(3):
        assert isinstance(await refused(telegram, api), Unavailable)
    assert await telegram.fetch("photo-1", LIMIT) == PHOTO


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_followed_nowhere(telegram: TelegramAdapter, api: BotApi, status: int) -> None:
    visited: list[str] = []

    def inside(asked: Asked) -> Reply:
        visited.append(asked.target)
        return Reply(200, b"secret of the inner network")

    async with Server(inside) as other:
        api.shelf.answers = [Reply(status, b"", headers=(("Location", f"{other.url}/secret"),))]
        assert isinstance(await refused(telegram, api), Unavailable)
    assert visited == []


@pytest.mark.parametrize(
    "path",
    [
        "http://169.254.169.254/latest/meta-data",
        "//inner.example/secret",
        "/var/lib/telegram-bot-api/123/documents/file.bin",
        "/etc/passwd",
        "../../../etc/passwd",
        "documents/../../bot/getMe",
        "documents/..",
        "documents/%2e%2e/%2e%2e/x",
        "documents/file.bin?x=http://inner.example",
        "documents/file.bin#x",
        "documents\\..\\file.bin",
        "@inner.example/x",
        "documents/file.bin\r\nHost: inner.example",
        "documents//file.bin",
        "a" * 5000,
        "",
        7,
        None,
        ["documents/file.bin"],
    ],
)
async def test_a_path_to_anywhere_but_the_file_server_is_not_followed(
    telegram: TelegramAdapter, api: BotApi, path: Any
) -> None:
    api.shelf.says = {"file_path": path}
    assert isinstance(await refused(telegram, api), Refused)
    assert api.shelf.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<html>", "text/html"),
        Reply(403, b"{}"),
        Reply(500, b"<html>", "text/html"),
        Reply(502, b"<html>", "text/html"),
        Reply(204, b""),
        Reply(206, PHOTO),
        RESET,
        HOLD,
    ],
    ids=["404", "403", "500", "502", "204", "206", "reset", "hold"],
)
async def test_whatever_else_comes_instead_is_tried_again(telegram: TelegramAdapter, api: BotApi, reply: Reply) -> None:
    api.shelf.answers = [reply, reply] if reply is RESET else [reply]  # a cut connection is tried again once by itself
    error = await refused(telegram, api)
    assert error.retryable
    assert await telegram.fetch("photo-1", LIMIT) == PHOTO


async def test_a_file_that_would_have_to_be_inflated_is_not_taken(telegram: TelegramAdapter, api: BotApi) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    api.shelf.answers = [Reply(200, bomb, "image/jpeg", headers=(("Content-Encoding", "gzip"),))]
    assert isinstance(await refused(telegram, api), Unavailable)


@pytest.mark.parametrize("header", ["7", "soon", ""])
async def test_telegrams_wish_to_wait_is_kept(telegram: TelegramAdapter, api: BotApi, header: str) -> None:
    api.shelf.answers = [Reply(429, b"", headers=(("Retry-After", header),))]
    error = await refused(telegram, api)
    assert isinstance(error, Throttled)
    assert error.retry_after is not None
    assert error.retry_after.total_seconds() == (7 if header == "7" else 1)


@pytest.mark.parametrize("kind", ["unauthorized", "down", "gateway", "garbage", "no-result", "wrong-shape", "reset"])
async def test_trouble_with_the_question_where_it_is_means_try_again(
    telegram: TelegramAdapter, api: BotApi, kind: str
) -> None:
    api.fail(kind, method="getFile")
    assert (await refused(telegram, api)).retryable
    assert await telegram.fetch("photo-1", LIMIT) == PHOTO


async def test_before_it_is_started_a_file_is_asked_for_later(api: BotApi) -> None:
    assert (await refused(make_telegram(api), api)).retryable
