"""Telegram calls us: who is believed, what is answered, and what is promised by the answer."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.telegram import TelegramAdapter
from adapters.telegram.settings import Mode
from bot.domain.messages import Inbound, Kind
from bot.ports.messengers import Receipt, Request
from tests.fakes.bot_api import SECRET, SECRET_HEADER, BotApi
from tests.fakes.people import User, group
from tests.kit.inbox import Inbox
from tests.kit.telegram import ROWS, hooked, make_telegram, outgoing, running, send

UPDATE = json.dumps(
    {
        "update_id": 1,
        "message": {
            "message_id": 2,
            "date": 1,
            "text": "urgent",
            "chat": {"id": 111, "type": "private"},
            "from": {"id": 111, "is_bot": False, "first_name": "Dara"},
        },
    }
).encode()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def telegram(api: BotApi, inbox: Inbox) -> AsyncIterator[TelegramAdapter]:
    async with hooked(api, inbox) as telegram:
        yield telegram


def call(body: bytes = UPDATE, *, method: str = "POST", secret: str | None = SECRET) -> Request:
    return Request(method, {}, {} if secret is None else {SECRET_HEADER: secret}, body)


async def test_a_verified_message_is_stored_and_then_acknowledged(telegram: TelegramAdapter, inbox: Inbox) -> None:
    assert (await telegram.handle(call())).status == 200
    assert inbox.texts == ["urgent"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + " ", SECRET[:-1], SECRET.upper(), "ភាសា", "\udcff"])
async def test_whoever_does_not_know_the_secret_is_not_believed(
    telegram: TelegramAdapter, inbox: Inbox, secret: str | None
) -> None:
    assert (await telegram.handle(call(secret=secret))).status == 401
    assert inbox.tries == 0


@pytest.mark.parametrize("claimed", [None, "", "anything"])
async def test_without_a_secret_of_ours_nobody_is_believed(api: BotApi, inbox: Inbox, claimed: str | None) -> None:
    async with running(make_telegram(api, mode=Mode.WEBHOOK, secret_token=""), inbox) as telegram:
        assert (await telegram.handle(call(secret=claimed))).status == 401
    assert inbox.tries == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
async def test_only_posting_is_understood(telegram: TelegramAdapter, inbox: Inbox, method: str) -> None:
    assert (await telegram.handle(call(method=method))).status == 405
    assert inbox.tries == 0


async def test_a_body_of_more_than_a_mebibyte_is_not_read(telegram: TelegramAdapter, inbox: Inbox) -> None:
    assert (await telegram.handle(call(b" " * (1 << 20) + UPDATE))).status == 413
    assert (await telegram.handle(call(b" " * ((1 << 20) - len(UPDATE)) + UPDATE))).status == 200
    assert inbox.texts == ["urgent"]


async def test_what_could_not_be_stored_is_not_acknowledged(telegram: TelegramAdapter, inbox: Inbox) -> None:
    inbox.refuses = lambda _: True
    assert (await telegram.handle(call())).status == 503
    inbox.refuses = lambda _: False
    assert (await telegram.handle(call())).status == 200


async def test_a_bug_behind_it_is_not_an_acknowledgment_either(api: BotApi) -> None:
    class Broken(Inbox):
        async def __call__(self, message: Inbound) -> Receipt:
            raise ZeroDivisionError

    async with hooked(api, Broken()) as telegram:
        assert (await telegram.handle(call())).status == 503


async def test_before_the_start_nothing_is_acknowledged(api: BotApi) -> None:
    telegram = make_telegram(api, mode=Mode.WEBHOOK, secret_token=SECRET)
    assert (await telegram.handle(call())).status == 503


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"update_id": 5, "message": 7}', b"[1]"])
async def test_what_is_verified_but_unreadable_is_kept_raw_and_blocks_nothing(
    telegram: TelegramAdapter, inbox: Inbox, body: bytes
) -> None:
    assert (await telegram.handle(call(body))).status == 200
    (kept,) = inbox.taken
    assert (kept.kind, kept.raw) == (Kind.UNREADABLE, body)
    assert kept.external_id


async def test_telegram_is_told_where_to_call_and_with_which_secret(api: BotApi, telegram: TelegramAdapter) -> None:
    (told,) = [call.parameters for call in api.calls if call.method == "setWebhook"]
    assert told["url"].endswith("/hooks/telegram")
    assert told["secret_token"] == SECRET
    assert told["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert told["max_connections"] == 100
    assert api.count("getUpdates") == 0


async def test_if_telegram_is_down_at_the_start_it_is_told_later(api: BotApi, inbox: Inbox) -> None:
    for kind in ("down", "reset", "garbage", "unauthorized"):
        api.fail(kind, method="setWebhook")
    async with hooked(api, inbox) as telegram:
        assert api.count("setWebhook") == 5
        assert (await telegram.handle(call())).status == 200


async def test_the_menu_on_the_phone_shows_our_commands(api: BotApi, inbox: Inbox) -> None:
    async with hooked(api, inbox, commands=(("alert", "Open a case"), ("help", "What works here"))):
        await api.until(lambda: api.commands)
    assert api.commands == [
        {"command": "alert", "description": "Open a case"},
        {"command": "help", "description": "What works here"},
    ]


async def test_a_person_writes_taps_edits_and_shares_over_the_wire(
    api: BotApi, telegram: TelegramAdapter, inbox: Inbox
) -> None:
    dara = User(api, 111)
    written = dara.says("girl 16")
    dara.edits(written, "girl 17")
    dara.shares_location(28.7, 115.9)
    dara.sends_photo("the door")
    dara.sends_document("passport.pdf")
    await send(telegram, outgoing(111, "Danger?", buttons=ROWS))
    tap = dara.taps("Yes")
    await inbox.until(lambda: len(inbox.taken) == 6)
    kinds = [Kind.TEXT, Kind.EDIT, Kind.LOCATION, Kind.PHOTO, Kind.FILE, Kind.BUTTON]
    assert [message.kind for message in inbox.taken] == kinds
    assert inbox.taken[0].message_id == inbox.taken[1].message_id == str(written.id)
    assert (inbox.taken[5].button, inbox.taken[5].tap_id) == ("f.1.danger.yes", tap)
    assert inbox.taken[5].message_id == str(api.sent(111)[0].id)


async def test_a_group_topic_comes_in_and_goes_out_as_one_place(
    api: BotApi, telegram: TelegramAdapter, inbox: Inbox
) -> None:
    group(api, -1001, topics=(56,))
    li = User(api, 222)
    li.says("/ack@casebridge_bot KC26", to=-1001, topic=56)
    await inbox.until(lambda: inbox.taken)
    message = inbox.taken[0]
    assert (message.text, str(message.sender), str(message.place)) == (
        "/ack KC26",
        "telegram:222",
        "telegram:-1001/56",
    )
    assert message.place is not None
    await send(telegram, outgoing(message.place.peer, "Acknowledged", reply_to=message.message_id))
    (answer,) = api.sent(-1001)
    assert (answer.topic, answer.reply_to) == (56, int(message.message_id))


async def test_a_redelivery_has_the_key_of_the_first(api: BotApi, telegram: TelegramAdapter, inbox: Inbox) -> None:
    for _ in range(3):
        assert (await telegram.handle(call())).status == 200
    assert (inbox.tries, len(inbox.taken)) == (3, 1)


async def test_while_nothing_can_be_stored_telegram_asks_again_in_order(api: BotApi, inbox: Inbox) -> None:
    inbox.refuses = lambda _: inbox.tries <= 3
    async with hooked(api, inbox):
        dara = User(api, 111)
        for text in ("one", "two", "three"):
            dara.says(text)
        await inbox.until(lambda: len(inbox.taken) == 3)
        assert inbox.texts == ["one", "two", "three"]
        assert api.updates.refused == [503, 503, 503]


async def test_one_strange_update_does_not_hold_up_the_chat(
    api: BotApi, telegram: TelegramAdapter, inbox: Inbox
) -> None:
    api.updates.push("message", {"chat": "no such thing"}, 111)
    User(api, 111).says("urgent")
    await inbox.until(lambda: len(inbox.taken) == 2)
    assert [message.kind for message in inbox.taken] == [Kind.UNREADABLE, Kind.TEXT]
    assert api.updates.refused == []


def test_the_secret_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, api: Any) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(ours: bytes, theirs: bytes) -> bool:
        compared.append((ours, theirs))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    telegram = make_telegram(api, mode=Mode.WEBHOOK, secret_token=SECRET)
    assert not telegram._is_telegram(call())
    assert compared == [(SECRET.encode(), SECRET.encode())]
