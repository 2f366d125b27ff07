"""What officers type with the marks of their keyboards, in their words and with their slips, with buttons or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.agreement import Urgency
from bot.domain.case import Case, Channel, ClosureCode, Value
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from tests.kit.played import CODE, PlayedBridge, invited
from tests.kit.world import OFFICIAL_ACCOUNT, Somebody

TELEGRAM, WECHAT = "telegram:officer", "wechat:officer"


@dataclass
class Talk:
    """An officer in the middle of an intake."""

    bridge: PlayedBridge
    officer: str
    case: Case

    async def asked_for(self, number: str) -> None:
        await self.bridge.says(self.officer, f"edit {number}")

    async def says(self, text: str) -> None:
        await self.bridge.says(self.officer, text)

    async def answered(self, field: str) -> Value | None:
        return (await self.bridge.case(self.case)).value(field)

    def hears(self, *words: str) -> None:
        self.bridge.expect(self.officer, *words)


@pytest.fixture(params=[TELEGRAM, WECHAT])
async def talk(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Talk]:
    """On Telegram there are buttons, on WeChat there are none."""
    officer = request.param
    bridge = PlayedBridge(tmp_path, messengers=OFFICIAL_ACCOUNT) if officer == WECHAT else PlayedBridge(tmp_path)
    await bridge.start()
    if officer == WECHAT:
        await bridge.enrol(Somebody("Sok Nary", "KH", Role.OFFICER, (WECHAT,)))
    case = await bridge.report_case("no", "locked in", "16", from_=officer)
    bridge.forget()
    yield Talk(bridge, officer, case)
    await bridge.stop()
    assert not [row.error for row in bridge.inbox() if row.error]


@pytest.mark.parametrize("typed", ["①②", "1️⃣2️⃣", "(1)(2)", "①、②", "1、2", "１，２", "❶ ❷"])
async def test_figures_with_marks_are_the_choices_that_they_name(talk: Talk, typed: str) -> None:
    await talk.asked_for("11")
    await talk.says(typed)
    assert await talk.answered("assistance") == ("urgent_rescue", "locate_person")


@pytest.mark.parametrize("typed", ["1²", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬", "1½"])
async def test_figures_that_name_no_choice_are_asked_about(talk: Talk, typed: str) -> None:
    await talk.asked_for("11")
    await talk.says(typed)
    assert await talk.answered("assistance") is None
    talk.hears("I could not read that")


@pytest.mark.parametrize("typed", ["back。", "back\u200b", "／back", "、back", "“back”"])
async def test_a_word_of_the_intake_is_one_with_any_mark(talk: Talk, typed: str) -> None:
    await talk.says("China")
    talk.bridge.forget()
    await talk.says(typed)
    talk.hears("Which country is the person in now?")
    assert await talk.answered("area") is None


async def test_a_skipped_summary_is_not_the_word_skip(talk: Talk) -> None:
    await talk.asked_for("14")
    await talk.says("skip。")
    assert await talk.answered("summary") is None
    talk.hears("what you have told us")


@pytest.mark.parametrize(
    "typed", ["／ack {}", "、ack {}", "/ack\u200b{}", "/ack \u200b{}", "／ａｃｋ　{}。", "/ack，{}", "ack：{}"]
)
async def test_a_desk_acknowledges_with_any_keyboard(talk: Talk, typed: str) -> None:
    await talk.bridge.says("wechat:duty", typed.format(talk.case.reference))
    assert (await talk.bridge.case(talk.case)).acknowledged_at is not None


async def test_a_desk_works_a_case_with_a_chinese_keyboard(talk: Talk) -> None:
    bridge, reference = talk.bridge, talk.case.reference
    await talk.asked_for("3")
    await talk.says("25岁")
    await talk.asked_for("13")
    for said in ("同意", "同意。", "no\u200b"):
        await talk.says(said)
    for typed in (
        f"、ack　{reference}",
        f"／urgency　{reference}　Ｕ１，她今晚被转移",
        f"/snooze {reference}，１５m waiting for the police",
        f"/handoff {reference}　ｐｏｌｉｃｅ send",
        f"/accept {reference}，police “１２３ / 26” Col. Example",
        f"／close {reference}　found_safe。she is home",
    ):
        await bridge.says("wechat:duty", typed)
    bridge.expect("wechat:duty", "repeats are silent until")
    case = await bridge.case(talk.case)
    assert case.urgency is Urgency.U1
    assert [(h.channel, h.formal_reference) for h in case.handoffs] == [(Channel.POLICE, "１２３ / 26")]
    assert case.closure is ClosureCode.FOUND_SAFE


@pytest.mark.parametrize("typed", ["／start {}", "、start {}", "/start\u200b{}", "start {}。"])
async def test_a_code_enrols_with_any_keyboard(talk: Talk, typed: str) -> None:
    await invited(talk.bridge)
    await talk.bridge.says("telegram:chenda", typed.format(CODE))
    talk.bridge.expect("telegram:chenda", "You are enrolled")


@pytest.mark.parametrize(
    ("number", "field", "typed", "value"),
    [
        ("1", "danger_now", "yes\u200b", "yes"),
        ("1", "danger_now", "有", "yes"),
        ("3", "age_group", "១៦\u200b", "12_17"),
        ("3", "age_group", "៨ខែ", "under_12"),
        ("4", "country", "ចិន\u200b", "CN"),
        ("5", "area", "không biết", "unknown"),
        ("9", "persons_count", "ហុកសិបប្រាំនាក់", 65),
    ],
)
async def test_answers_in_the_figures_and_words_of_the_parties_are_read(
    talk: Talk, number: str, field: str, typed: str, value: Value
) -> None:
    await talk.asked_for(number)
    await talk.says(typed)
    assert await talk.answered(field) == value


@pytest.mark.parametrize("typed", ["Yes.", "yes!", "Correct.", "ｙｅｓ", "Yes, that is right", "對", "ចាស។", "1"])
async def test_a_time_that_was_shown_back_is_confirmed_by_any_yes(talk: Talk, typed: str) -> None:
    await talk.asked_for("6")
    await talk.says("昨晚9点")
    talk.hears("Last contact: you mean Fri 17 Apr 2026 21:00 Phnom Penh?")
    if talk.officer == TELEGRAM and typed == "1":
        await talk.bridge.taps(TELEGRAM, "Yes, that is right")
    else:
        await talk.says(typed)
    assert await talk.answered("last_contact_at") == "2026-04-17T14:00:00Z"


@pytest.mark.parametrize("typed", ["no.", "No!", "No, I write it again", "不对", "không đúng", "ទេ។"])
async def test_a_time_that_was_shown_back_is_taken_back_by_any_no(talk: Talk, typed: str) -> None:
    await talk.asked_for("6")
    await talk.says("hôm qua 21h")
    talk.bridge.forget()
    await talk.says(typed)
    talk.hears("Then please write it again.")
    assert await talk.answered("last_contact_at") is None


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("3 p.m. yesterday", "Fri 17 Apr 2026 15:00"),
        ("21:00。", "Fri 17 Apr 2026 21:00"),
        ("last night 9pm", "Fri 17 Apr 2026 21:00"),
        ("this morning 7:30", "Sat 18 Apr 2026 07:30"),
        ("day before yesterday 21:00", "Thu 16 Apr 2026 21:00"),
        ("3pm yesterday", "Fri 17 Apr 2026 15:00"),
        ("yesterday night 9", "Fri 17 Apr 2026 21:00"),
        ("ម្សិលមិញ\u200bម៉ោង\u200b២១", "Fri 17 Apr 2026 21:00"),
    ],
)
async def test_times_are_read_as_they_are_said_and_shown_back(talk: Talk, typed: str, shown: str) -> None:
    await talk.asked_for("6")
    await talk.says(typed)
    talk.hears(f"you mean {shown}")
    assert await talk.answered("last_contact_at") is None, "not before it was confirmed"


async def test_a_buddhist_year_is_named_as_one(talk: Talk) -> None:
    await talk.asked_for("6")
    await talk.says("17/04/2569")
    talk.hears("That year looks like one of the Buddhist calendar. Please write the year as in 2026")
    assert await talk.answered("last_contact_at") is None


@pytest.mark.parametrize(
    ("number", "field", "typed", "shown", "value"),
    [
        ("4", "country", "chnia", "China", "CN"),
        ("2", "situation", "mising", "Contact lost", "contact_lost"),
        ("9", "persons_count", "about 3", "3", 3),
        ("3", "age_group", "about 14", "12 to 17", "12_17"),
        ("11", "assistance", "resuce, intepreter", "Urgent rescue, Interpreter", ("urgent_rescue", "interpreter")),
    ],
)
async def test_what_is_guessed_is_shown_back_for_one_tap(
    talk: Talk, number: str, field: str, typed: str, shown: str, value: Value
) -> None:
    await talk.asked_for(number)
    before = await talk.answered(field)
    await talk.says(typed)
    talk.hears(f"you mean {shown}?")
    assert await talk.answered(field) == before
    if talk.officer == TELEGRAM:
        await talk.bridge.taps(TELEGRAM, "Yes, that is right")
    else:
        await talk.says("1")
    assert await talk.answered(field) == value


@pytest.mark.parametrize(
    ("number", "field", "typed"),
    [("2", "situation", "unlocked"), ("11", "assistance", "rescued"), ("9", "persons_count", "3 or 4")],
)
async def test_what_may_be_another_word_is_not_guessed(talk: Talk, number: str, field: str, typed: str) -> None:
    await talk.asked_for(number)
    before = await talk.answered(field)
    talk.bridge.forget()
    await talk.says(typed)
    assert await talk.answered(field) == before
    talk.hears("for example")


async def test_what_is_kept_stays_as_it_was_typed(talk: Talk) -> None:
    await talk.asked_for("5")
    await talk.says("ភ្នំពេញ\u200bថ្មី，①楼")
    assert await talk.answered("area") == Guarded("ភ្នំពេញ\u200bថ្មី，①楼")
