"""What the bridge sends, as it stands on people's phones, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.telegram import TelegramAdapter
from bot.domain.errors import Moved, Refused, Throttled, Unavailable, Unreachable
from bot.domain.messages import Address, Button
from tests.fakes.bot_api import BotApi
from tests.fakes.people import User, group
from tests.kit.telegram import ROWS, export, make_telegram, outgoing, running, send


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def telegram(api: BotApi, tmp_path: Path) -> AsyncIterator[TelegramAdapter]:
    async with running(make_telegram(api, exports=tmp_path)) as telegram:
        yield telegram


async def test_a_message_stands_in_the_chat_with_its_buttons(api: BotApi, telegram: TelegramAdapter) -> None:
    dara = User(api, 111)
    message_id = await send(telegram, outgoing(dara.id, "Is she in danger now?", buttons=ROWS))
    (post,) = api.sent(dara.id)
    assert (str(post.id), post.text) == (message_id, "Is she in danger now?")
    assert (post.labels, post.data("Yes")) == (["Yes", "No"], "f.1.danger.yes")


async def test_a_text_is_plain_and_fetches_no_preview(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    await send(telegram, outgoing(111, "<b>*urgent*</b> https://example.org"))
    (call,) = [call for call in api.calls if call.method == "sendMessage"]
    assert "parse_mode" not in call.parameters
    assert call.parameters["link_preview_options"] == {"is_disabled": True}


async def test_buttons_come_with_the_last_part_only(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    delivery = outgoing(111, "first and last", buttons=ROWS)
    await telegram.send(delivery, "first", is_last=False)
    await telegram.send(delivery, "last", is_last=True)
    assert [(post.text, post.labels) for post in api.sent(111)] == [("first", []), ("last", ["Yes", "No"])]


async def test_a_message_for_a_topic_goes_into_that_topic(api: BotApi, telegram: TelegramAdapter) -> None:
    group(api, -1001, topics=(56, 57))
    await send(telegram, outgoing("-1001/56", "New alert"))
    assert [post.topic for post in api.sent(-1001)] == [56]


async def test_an_answer_hangs_under_the_message_it_answers(api: BotApi, telegram: TelegramAdapter) -> None:
    asked = User(api, 111).says("where is she?")
    await send(telegram, outgoing(111, "In Nanchang", reply_to=str(asked.id)))
    assert api.sent(111)[0].reply_to == asked.id


async def test_an_answer_arrives_even_if_what_it_answers_was_deleted(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    await send(telegram, outgoing(111, "In Nanchang", reply_to="999"))
    assert [post.text for post in api.sent(111)] == ["In Nanchang"]


async def test_an_edit_changes_the_message_and_takes_its_buttons_away(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    message_id = await send(telegram, outgoing(111, "Alert", buttons=ROWS))
    assert await send(telegram, outgoing(111, "Alert, now U1", edits=message_id)) == message_id
    (post,) = api.sent(111)
    assert (post.text, post.labels, post.edits) == ("Alert, now U1", [], 1)


async def test_an_edit_that_changes_nothing_succeeds(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    message_id = await send(telegram, outgoing(111, "Alert", buttons=ROWS))
    assert await send(telegram, outgoing(111, "Alert", buttons=ROWS, edits=message_id)) == message_id


@pytest.mark.parametrize("missing", ["999", "not-a-number"])
async def test_an_edit_of_a_message_that_is_gone_is_refused(
    api: BotApi, telegram: TelegramAdapter, missing: str
) -> None:
    User(api, 111)
    with pytest.raises(Refused):
        await send(telegram, outgoing(111, "Alert", edits=missing))


async def test_a_tap_is_answered_after_the_message(api: BotApi, telegram: TelegramAdapter) -> None:
    dara = User(api, 111)
    await send(telegram, outgoing(111, "Danger?", buttons=ROWS))
    tap = dara.taps("Yes")
    await send(telegram, outgoing(111, "Noted: yes", tap_id=tap))
    await api.until(lambda: api.updates.answered == [tap])
    methods = [call.method for call in api.calls if call.method in {"sendMessage", "answerCallbackQuery"}]
    assert methods == ["sendMessage", "sendMessage", "answerCallbackQuery"]


async def test_a_tap_whose_answer_is_late_does_not_spoil_the_message(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    assert await send(telegram, outgoing(111, "Noted", tap_id="forgotten-long-ago"))
    await api.until(lambda: api.count("answerCallbackQuery"))
    assert [post.text for post in api.sent(111)] == ["Noted"]


async def test_a_tap_is_not_answered_when_the_message_did_not_go(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    api.fail("down")
    with pytest.raises(Unavailable):
        await send(telegram, outgoing(111, "Noted", tap_id="t1"))
    await telegram.stop()
    assert api.count("answerCallbackQuery") == 0


async def test_a_tap_can_be_answered_without_a_message(api: BotApi, telegram: TelegramAdapter) -> None:
    dara = User(api, 111)
    await send(telegram, outgoing(111, "Danger?", buttons=ROWS))
    tap = dara.taps("Yes")
    assert await send(telegram, outgoing(111, tap_id=tap)) == ""
    await api.until(lambda: api.updates.answered == [tap])


async def test_a_file_arrives_whole_with_its_caption(api: BotApi, telegram: TelegramAdapter, tmp_path: Path) -> None:
    User(api, 111)
    content = bytes(range(256)) * 4000
    name = export(tmp_path, "case log ភាសា.csv", content)
    message_id = await send(telegram, outgoing(111, "12 cases", file=name, buttons=ROWS))
    (post,) = api.sent(111)
    assert (str(post.id), post.text, post.file) == (message_id, "12 cases", (name, content))
    assert post.labels == ["Yes", "No"]


async def test_a_file_goes_with_the_last_part(api: BotApi, telegram: TelegramAdapter, tmp_path: Path) -> None:
    User(api, 111)
    delivery = outgoing(111, "", file=export(tmp_path))
    await telegram.send(delivery, "first", is_last=False)
    await telegram.send(delivery, "last", is_last=True)
    assert [(post.text, post.file is not None) for post in api.sent(111)] == [("first", False), ("last", True)]


@pytest.mark.parametrize("name", ["gone.csv", "../secret.key", "/etc/hostname"])
async def test_no_file_but_an_export_is_sent(api: BotApi, telegram: TelegramAdapter, tmp_path: Path, name: str) -> None:
    User(api, 111)
    (tmp_path.parent / "secret.key").write_text("secret")
    with pytest.raises(Refused, match="exports folder"):
        await send(telegram, outgoing(111, "here", file=name))
    assert api.sent(111) == []


async def test_a_caption_that_telegram_would_cut_is_refused_not_cut(
    api: BotApi, telegram: TelegramAdapter, tmp_path: Path
) -> None:
    User(api, 111)
    with pytest.raises(Refused, match="1024"):
        await send(telegram, outgoing(111, "😀" * 513, file=export(tmp_path)))


async def test_4096_units_fit_and_one_more_does_not(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    limit = telegram.capabilities.text_limit
    await send(telegram, outgoing(111, "😀" * (limit // 2)))
    with pytest.raises(Refused, match="text is too long"):
        await send(telegram, outgoing(111, "😀" * (limit // 2) + "x"))


async def test_64_bytes_fit_on_a_button_and_one_more_does_not(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    limit = telegram.capabilities.button_bytes
    await send(telegram, outgoing(111, "choose", buttons=((Button("Yes", "x" * limit),),)))
    with pytest.raises(Refused, match="button's data is too long"):
        await send(telegram, outgoing(111, "choose", buttons=((Button("Yes", "x" * (limit + 1)),),)))


@pytest.mark.parametrize("peer", ["dara", "", "1/2/3", "12 34", "١٢٣", "-"])
async def test_what_is_no_chat_number_is_refused_without_asking(
    api: BotApi, telegram: TelegramAdapter, peer: str
) -> None:
    with pytest.raises(Refused, match="chat number"):
        await send(telegram, outgoing(peer, "hello"))
    assert api.count("sendMessage") == 0


async def test_a_person_who_blocked_the_bot_cannot_be_reached(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111).blocks()
    with pytest.raises(Unreachable):
        await send(telegram, outgoing(111, "hello"))


async def test_a_chat_that_does_not_exist_cannot_be_reached(telegram: TelegramAdapter) -> None:
    with pytest.raises(Unreachable):
        await send(telegram, outgoing(222, "hello"))


async def test_a_topic_that_was_deleted_cannot_be_reached(api: BotApi, telegram: TelegramAdapter) -> None:
    group(api, -1001, topics=(56,))
    with pytest.raises(Unreachable):
        await send(telegram, outgoing("-1001/99", "hello"))


async def test_a_group_that_became_a_supergroup_tells_its_new_address(api: BotApi, telegram: TelegramAdapter) -> None:
    api.fail("migrate", migrate_to=-1009)
    with pytest.raises(Moved) as caught:
        await send(telegram, outgoing(-9, "hello"))
    assert caught.value.to == Address("telegram", "-1009")


async def test_the_wait_that_telegram_asks_for_is_passed_on(api: BotApi, telegram: TelegramAdapter) -> None:
    User(api, 111)
    User(api, 222)
    api.fail("throttle", retry_after=7, chat=111)
    with pytest.raises(Throttled) as caught:
        await send(telegram, outgoing(111, "hello"))
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 7
    assert await send(telegram, outgoing(222, "others need not wait"))


async def test_after_the_stop_nothing_is_sent_and_a_second_stop_is_harmless(
    api: BotApi, telegram: TelegramAdapter
) -> None:
    User(api, 111)
    await telegram.stop()
    await telegram.stop()
    with pytest.raises(Unavailable):
        await send(telegram, outgoing(111, "too late"))
    assert api.sent(111) == []


async def test_the_declared_pace_is_the_one_that_was_set(api: BotApi) -> None:
    free = make_telegram(api, chat_per_second=0.0, group_per_minute=0.0, total_per_second=0.0).capabilities
    assert (free.per_chat_second, free.per_group_minute, free.total_second) == (0, 0, 0)
    usual = make_telegram(api).capabilities
    assert (usual.per_chat_second, usual.per_group_minute, usual.total_second) == (1, 20, 30)
