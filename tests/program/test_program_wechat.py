"""The running program between WeChat and Telegram: one case, one conversation, across both."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.case import Status
from tests.fakes.tencent import AES_KEY, TOKEN
from tests.fakes.wechat_api import SECRET
from tests.fakes.wechat_person import Follower
from tests.kit.town import KH_DUTY, KH_GROUP
from tests.kit.waiting import until
from tests.program.wechat_program import CN_DUTY, OFFICERS, Border, reports

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def border(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Border]:
    async with Border.open(tmp_path_factory.mktemp("border")) as border:
        yield border


async def test_an_officer_reports_on_wechat_by_numbers_and_answers_and_the_desk_on_telegram_acknowledges(
    border: Border,
) -> None:
    officer, town = border.officer(OFFICERS[0]), border.town
    before = border.api.count("/custom/send")
    reference = await reports(officer)
    assert border.api.count("/custom/send") == before, "answers in the call use nothing up"
    alert = await town.hears(KH_GROUP, reference, "U1 immediate")
    town.user(KH_DUTY).taps("Acknowledge", on=alert)
    told = await officer.hears(reference, "Acknowledged by")
    assert not told.in_call
    await town.becomes(reference, Status.ACKNOWLEDGED)


async def test_notes_pass_both_ways_and_nobody_gets_their_own_back(border: Border) -> None:
    officer, town = border.officer(OFFICERS[1]), border.town
    reference = await reports(officer)
    alert = await town.hears(KH_GROUP, reference, "U1 immediate")
    town.user(KH_DUTY).says(f"/note {reference} we are on our way", to=KH_GROUP)
    note = await officer.hears(reference, "we are on our way")
    assert "Phnom Penh" in note.text
    assert "Beijing" in note.text
    answered = await officer.says(f"/note {reference} she is on the 4th floor")
    assert "Sent to" in answered
    await town.hears(KH_GROUP, reference, "she is on the 4th floor", after=alert)
    assert not [post for post in officer.heard if "4th floor" in post.text]


async def test_when_our_answer_is_lost_on_the_way_the_officer_gets_the_same_again_and_there_is_one_case(
    border: Border,
) -> None:
    officer = border.officer(OFFICERS[2])
    border.line.loses, before = 2, len(border.line.calls)
    stored = await officer.says("somebody screams for help in a flat")
    bodies = [border.api.vendor.open_answer(answer)["Content"] for _, answer in border.line.calls[before:]]
    assert bodies == [stored] * 3
    assert "(1 of 14)" in stored
    assert border.town.setup.query(f"SELECT count(*) FROM cases WHERE officer = {OFFICERS[2]}") == [(1,)]


async def test_scanning_an_invite_enrols_and_following_alone_does_not(border: Border) -> None:
    stranger = Follower(border.line, "oNobodyYet")
    await stranger.follows()
    lines = await border.town.terminal.beside("invite", "--party", "CN", "--role", "officer", "--name", "Li Na")
    code = re.search(r"/start ([0-9A-Z-]+)", "\n".join(lines))
    assert code
    assert "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=ticket-" in lines[-1]
    scene = lines[-1].rpartition("ticket-")[2]
    assert scene == code[1].replace("-", "")
    assert "enrolled: Li Na" in await stranger.scans(scene)
    assert "(1 of 14)" in await stranger.says("boy 9 taken over the border")


async def test_a_tap_of_the_menu_under_the_chat_is_its_command(border: Border) -> None:
    officer = border.officer(OFFICERS[3])
    assert "just write what happened" in await officer.clicks("/help")
    assert "No cases" in await officer.clicks("/cases")


async def test_a_photo_is_fetched_at_once_and_kept_with_the_case(border: Border) -> None:
    officer = border.officer(OFFICERS[4])
    await reports(officer)
    await officer.sends_photo(b"\xff\xd8\xff\xe0 what she sees")

    def look() -> Any:
        return border.town.setup.query("SELECT id FROM attachments WHERE state = 'stored'")

    await until(look)
    assert look() == border.town.setup.query("SELECT id FROM attachments"), "none waits or is parked"


async def test_whoever_is_of_the_desk_hears_on_wechat_and_acts_by_link_or_number(border: Border) -> None:
    officer, duty = border.officer(OFFICERS[5]), border.officer(CN_DUTY)
    await duty.says("cases")
    reference = await reports(officer)
    alert = await duty.hears(reference, "U1 immediate")
    assert any("Show case" in label for label in alert.labels), alert
    assert reference in await duty.taps("Show case")


async def test_a_call_that_nobody_signed_is_refused_and_leaves_no_trace(border: Border) -> None:
    query, body = border.api.vendor.call("<xml/>", int(border.api.clock().timestamp()))
    before = border.town.setup.query("SELECT count(*) FROM inbox")
    for forged in (query | {"msg_signature": "0" * 40}, {}, query | {"timestamp": "1"}):
        assert (await border.line.send(forged, body))[0] == 401
    assert border.town.setup.query("SELECT count(*) FROM inbox") == before


async def test_nothing_secret_is_in_the_log(border: Border) -> None:
    output = border.town.program.output
    assert output
    for secret in (SECRET, TOKEN, AES_KEY, "token-that-is-never-logged", "Nanchang", "4th floor"):
        assert secret not in output
