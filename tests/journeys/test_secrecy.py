"""What leaves on a messenger, and what never does: most words are read on the page only."""

from __future__ import annotations

import csv
import io

import pytest

from bot.domain.guarded import Guarded
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
#: Marked words: by whom they were written; nobody else may ever read one on a messenger.
WORDS = {
    "ZEBRA": OFFICER,  # first message
    "YAKMILK": OFFICER,  # area
    "XENON": OFFICER,  # summary
    "WALNUT": OFFICER,  # a note
    "VIOLET": OFFICER,  # words kept with the case
    "UMBRA": "wechat:duty",  # a note
    "TULIP": "telegram:clerk",  # a memo
    "SATURN": "wecom:detective",  # why it was returned
    "RHUBARB": "telegram:clerk",  # why it is quiet
    "QUARTZ": "telegram:kh-supervisor",  # why it is less urgent
    "PAPAYA": "telegram:kh-supervisor",  # why no diplomatic step
    "OBELISK": "telegram:kh-supervisor",  # why it was stood down
    "NUTMEG": "telegram:clerk",  # why it was opened again
    "MANGO": "wechat:duty",  # the outcome
    "LYCHEE": OFFICER,  # an amendment
}
#: Answers in words and notes are told to those who follow the case, once nothing is in the way; all else is read on
#: the page.
TOLD = frozenset({"YAKMILK", "XENON", "LYCHEE", "WALNUT", "UMBRA"})
FOLLOWERS = frozenset(
    {OFFICER, "telegram:kh-group", "telegram:clerk", "telegram:kh-supervisor", "wechat:duty", "wecom:supervisor"}
    | {"wecom:detective"}
)
NAMES = ("Dara", "Kim Ly", "Li Wei", "Zhou Jun", "Sophea", "Wang Fang")


async def a_case_in_all_its_words(bridge: PlayedBridge) -> str:
    case = await bridge.report_case("her brother VIOLET called", "no", "locked in", "16", text="girl ZEBRA in a flat")
    reference = case.reference
    await bridge.answers(OFFICER, "China", "Nanchang YAKMILK", "unknown", "skip", "forced marriage", "1", "Cambodia")
    await bridge.answers(OFFICER, "interpreter", "no", "yes", "yes", "no")
    summary = await bridge.says(OFFICER, "door locked XENON")
    await bridge.edits(summary, "door locked XENON, LYCHEE")
    await bridge.says(OFFICER, "send")
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says(OFFICER, f"/note {reference} WALNUT")
    await bridge.says("wechat:duty", f"/note {reference} UMBRA")
    await bridge.says("telegram:clerk", f"/memo {reference} TULIP")
    await bridge.says("telegram:clerk", f"/handoff {reference} police send")
    await bridge.says("wecom:detective", f"/return {reference} police SATURN")
    await bridge.fast_forward(hours=4)
    await bridge.says("telegram:clerk", f"/snooze {reference} 15m RHUBARB")
    await bridge.says("telegram:kh-supervisor", f"/urgency {reference} U3 QUARTZ")
    await bridge.says("telegram:kh-supervisor", f"/notneeded {reference} PAPAYA")
    await bridge.says("telegram:kh-supervisor", f"/standdown {reference} OBELISK")
    await bridge.says("telegram:clerk", f"/reopen {reference} NUTMEG")
    await bridge.fast_forward(hours=5)
    for who in (OFFICER, "telegram:clerk", "wechat:duty", "wecom:supervisor", "wecom:detective"):
        await bridge.says(who, f"/case {reference}")
        await bridge.says(who, f"/plan {reference}")
        await bridge.says(who, "/cases")
    await bridge.says("wechat:duty", f"/close {reference} found_safe MANGO")
    return reference


async def test_no_free_text_leaves_on_a_messenger_but_to_its_author_and_where_the_policy_says(
    bridge: PlayedBridge,
) -> None:
    reference = await a_case_in_all_its_words(bridge)
    kept = "\n".join(text.text for text in await bridge.texts(await bridge.case(reference)))
    told = bridge.everything_heard()
    assert len(told) > 50
    leaks = [
        (word, str(shown.address)) for word, author in WORDS.items() for shown in told
        if word in shown.text and str(shown.address) != author
        and not (word in TOLD and str(shown.address) in FOLLOWERS)
    ]  # fmt: skip
    assert not leaks
    case = await bridge.case(reference)
    missing = [
        w for w in ("ZEBRA", "VIOLET", "WALNUT", "UMBRA", "TULIP", "OBELISK", "NUTMEG", "MANGO") if w not in kept
    ]
    assert not missing, "everything is kept for the page"
    assert case.value("area") == Guarded("Nanchang YAKMILK")
    pings = [shown.text for shown in told if "Please hand off now" in shown.text or "acknowledge now" in shown.text]
    assert pings
    assert not [word for word in WORDS for ping in pings if word in ping], "pings hold no words at all"


async def test_the_other_side_never_reads_a_name(bridge: PlayedBridge) -> None:
    await a_case_in_all_its_words(bridge)
    sides = {"telegram": ("Li Wei", "Zhou Jun", "Wang Fang"), "we": ("Dara", "Kim Ly", "Sophea")}
    for shown in bridge.everything_heard():
        side = "telegram" if str(shown.address).startswith("telegram") else "we"
        assert not [name for name in sides[side] if name in shown.text]


async def test_a_duty_desk_of_the_requested_side_reads_no_fear_of_its_own_state(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await bridge.answers(OFFICER, "China", "Nanchang", "unknown", "skip", "forced marriage", "1", "China")
    await bridge.answers(OFFICER, "interpreter", "no", "yes", "no", "yes", "skip", "send")
    await bridge.fast_forward(hours=7)
    told = [shown.text for shown in bridge.everything_heard(["wechat:duty", "wecom:supervisor", "wecom:secretariat"])]
    assert len(told) > 20
    assert not [text for text in told if "Fear" in text or "authorities" in text or "Citizenship" in text]


@pytest.mark.parametrize("form", ["", "csv ", "jsonl ", "xlsx ", "htcds "])
async def test_an_admin_gets_the_case_log_as_a_file_without_any_free_text(bridge: PlayedBridge, form: str) -> None:
    await a_case_in_all_its_words(bridge)
    await bridge.says("web:admin", f"/export {form}2026-04-01 2026-05-01 annual meeting")
    bridge.expect("web:admin", "The export is being made")
    sent = bridge.expect("web:admin", "Cases in the file: 1", "SHA-256")
    content = (bridge.exports / sent.file).read_bytes()
    assert content
    assert not [word for word in (*WORDS, *NAMES) if word.encode() in content]


async def test_the_exported_log_holds_the_case_with_its_timings(bridge: PlayedBridge) -> None:
    reference = await a_case_in_all_its_words(bridge)
    await bridge.says("web:admin", "/export 2026-04-18 2026-04-19 annual meeting")
    lines = (
        (bridge.exports / bridge.expect("web:admin", "Cases in the file: 1").file).read_text("utf-8-sig").splitlines()
    )
    (row,) = csv.DictReader(io.StringIO("\n".join(line for line in lines if not line.startswith("#"))))
    assert reference in row.values()


async def test_exports_are_for_admins_and_in_private(bridge: PlayedBridge) -> None:
    for who in (OFFICER, "wechat:duty", "wecom:supervisor"):
        await bridge.says(who, "/export 2026-04-01 2026-05-01 curious")
        bridge.expect(who, "Exports are for admins.")
    await bridge.says("web:admin", "/export 2026-04-01")
    bridge.expect("web:admin", "Type for example: /export xlsx last month annual meeting")
    assert not list(bridge.exports.iterdir())
