"""The running program with WeCom on one side and Telegram on the other, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.domain.case import Status
from bot.domain.people import Role
from tests.fakes.bot_api import BotApi
from tests.fakes.people import User
from tests.fakes.tencent import AES_KEY, TOKEN
from tests.fakes.wecom_api import AGENT, CORP, ROBOT_KEY, SECRET, Post, WecomApi
from tests.fakes.wecom_member import Line, Member, over_http
from tests.kit.running import Setup, person, running
from tests.kit.town import Town, introduced, reference_in
from tests.kit.waiting import Stuck, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICER, KH_DUTY, CN_DUTY, CN_OFFICER, STRANGER = 101, 21, 22, 23, 99
PEOPLE = (
    person(OFFICER, "KH", Role.OFFICER),
    person(KH_DUTY, "KH", Role.DUTY, "kh-duty"),
    person(CN_DUTY, "CN", Role.DUTY, "cn-duty", at="wecom"),
    person(CN_OFFICER, "CN", Role.OFFICER, at="wecom"),
)
DESKS = {"kh-duty": [], "cn-duty": [], "cn-secretariat": ["wecom:robot:duty"], "kh-secretariat": []}


@dataclass
class Border(Town):
    """Cambodia's people on Telegram, China's on WeCom."""

    wecom: WecomApi = field(default_factory=WecomApi)

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path) -> AsyncIterator[Border]:
        async with BotApi() as api, WecomApi() as wecom:
            setup = Setup(folder, api.url, "webhook", desks=DESKS, more=_wecom_table(wecom.url))
            await setup.enrol(*PEOPLE)
            for number in (OFFICER, KH_DUTY):
                User(api, number)
            async with running(setup) as program:
                await introduced(api, setup)
                border = cls(api, setup, program, wecom)
                for number in (CN_DUTY, CN_OFFICER, STRANGER):
                    border.member(number)
                yield border

    @property
    def line(self) -> Line:
        return Line(self.wecom, over_http(f"{self.setup.url}/hooks/wecom"))

    def member(self, number: int) -> Member:
        return Member(self.line, str(number))

    async def sees(self, number: int, *words: str) -> Post:
        """Wait for a message on a member's phone that contains all this."""

        def found() -> Post | None:
            posts = self.wecom.shown(str(number))
            return next((post for post in posts if all(word in post.text for word in words)), None)

        try:
            await self.wecom.until(found)
        except Stuck:
            raise AssertionError(f"{number} did not see {words}: {self.wecom.phones}\n{self.program.output}") from None
        post = found()
        assert post
        return post


def _wecom_table(url: str) -> str:
    return f"""
[messengers.wecom]
corp_id = "{CORP}"
agent_id = {AGENT}
secret = "{SECRET}"
token = "{TOKEN}"
aes_key = "{AES_KEY}"
api_base_url = "{url}"
robots = [{{ name = "duty", key = "{ROBOT_KEY}" }}]
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def border(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Border]:
    async with Border.opened(tmp_path_factory.mktemp("border")) as border:
        yield border


async def test_wecom_finds_the_bridge_at_its_address(border: Border) -> None:
    assert await border.line.proves()


async def test_a_desk_on_wecom_acknowledges_with_a_tap_what_an_officer_on_telegram_reported(border: Border) -> None:
    reference = await border.reports(OFFICER)
    alert = await border.sees(CN_DUTY, reference, "From: Kingdom of Cambodia")
    await border.wecom.until(lambda: border.wecom.shown(str(CN_DUTY))[-1].is_card)
    card = border.wecom.shown(str(CN_DUTY))[-1]
    assert (alert.is_card, card.labels) == (False, ["Acknowledge", "Assign to me", "Show case"])
    await border.member(CN_DUTY).taps("Acknowledge")
    await border.hears(OFFICER, reference, "cknowledged")
    await border.becomes(reference, Status.ACKNOWLEDGED)
    await border.wecom.until(lambda: card.used)
    assert card.used == "\u2713 Acknowledge"


async def test_an_officer_on_wecom_reports_from_the_menu_and_a_desk_on_telegram_acknowledges(border: Border) -> None:
    assert await border.terminal.beside("setup", "wecom")
    officer = border.member(CN_OFFICER)
    await officer.taps_menu("New alert")
    await border.sees(CN_OFFICER, "What happened?")
    await officer.says("a woman of 25 is held in a flat in Phnom Penh")
    stored = await border.sees(CN_OFFICER, "Your alert is stored")
    reference = reference_in(stored.text)
    await border.wecom.until(lambda: "Yes" in officer.shown[-1].labels)
    await officer.taps("Yes")
    await border.hears(KH_DUTY, reference)
    User(border.api, KH_DUTY).taps("Acknowledge")
    await border.sees(CN_OFFICER, reference, "cknowledged")
    await border.becomes(reference, Status.ACKNOWLEDGED)


async def test_a_photo_from_wecom_is_fetched_and_kept_with_the_case(border: Border) -> None:
    officer = border.member(CN_OFFICER)
    await officer.says("/alert a second girl, at the river")
    await officer.sends_photo(b"\xff\xd8\xff\xe0 a photo of the door")

    def kept() -> list[str]:
        return [state for (state,) in border.setup.query("SELECT state FROM attachments")]

    states = await until(lambda: [state for state in kept() if state == "stored"])
    assert len(states) == 1
    assert border.wecom.count("media/get") == 1


async def test_a_member_who_is_not_enrolled_is_told_so_and_opens_nothing(border: Border) -> None:
    before = border.setup.query("SELECT count(*) FROM cases")
    await border.member(STRANGER).says("somebody screams for help")
    await border.wecom.until(lambda: border.wecom.shown(str(STRANGER)))
    assert border.setup.query("SELECT count(*) FROM cases") == before


async def test_a_test_message_reaches_the_group_of_a_robot(border: Border) -> None:
    await border.terminal.beside("ping", "cn-secretariat")
    await border.wecom.until(lambda: border.wecom.groups.get("duty"))
    assert "Test message to CN" in border.wecom.groups["duty"][-1].text


async def test_what_is_not_signed_leaves_no_trace(border: Border) -> None:
    before = border.setup.query("SELECT count(*) FROM inbox")
    hook = f"{border.setup.url}/hooks/wecom"
    async with aiohttp.ClientSession() as client:
        for body in (b"", b"<xml><Encrypt>x</Encrypt></xml>", b"\xff"):
            async with client.post(hook, params={"msg_signature": "x", "timestamp": "1"}, data=body) as answer:
                assert answer.status == 401
    assert border.setup.query("SELECT count(*) FROM inbox") == before


async def test_one_token_served_it_all_and_no_secret_was_logged(border: Border) -> None:
    for number in (CN_OFFICER, CN_DUTY):
        await border.member(number).says("/help")
        await border.sees(number, "Everything else")
    assert border.wecom.tokens_given == 1
    output = border.program.output
    for secret in (SECRET, TOKEN, AES_KEY, ROBOT_KEY, "never-logged", "access_token"):
        assert secret not in output, secret
    ((kept,),) = border.setup.query("SELECT count(*) FROM tokens")
    assert kept == 1
