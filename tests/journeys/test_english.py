"""English of record: what is written in another script is asked for in English once, and no paper goes without it."""

from __future__ import annotations

from adapters.web.cases import act_forms
from bot.domain.case import Case
from bot.domain.case_acts import Act
from tests.fakes.memory_messenger import Shown
from tests.journeys.gated import page_of
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, DUTY, CLERK, CHIEF = "telegram:officer", "wechat:duty", "telegram:clerk", "telegram:kh-supervisor"
OWN_DESK = "telegram:kh-group"
KHMER = "នាងនិយាយថាទ្វារត្រូវបានចាក់សោពីខាងក្រៅ"
LINE = "She says the door is locked from outside"
#: What both sides may read everything of.
KNOWN = "citizenship: Cambodia\nconsent to police: yes\nconsent to embassy: yes\nfears own authorities: no"


async def sent(bridge: PlayedBridge, *more: str, from_: str = OFFICER) -> Case:
    case = await bridge.report_case("no", "locked in", "25", KNOWN, *more, "send", "send", from_=from_)
    bridge.forget()
    return case


async def khmer_summary(bridge: PlayedBridge, *then: str) -> Case:
    """A case that was sent, and whose summary was then written in Khmer."""
    case = await sent(bridge)
    await bridge.answers(OFFICER, "edit 14", KHMER, *then)
    return case


async def test_a_khmer_summary_is_asked_for_in_one_english_line_and_both_are_kept(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge)
    asked = bridge.expect(OFFICER, "Summary is written in Khmer", "Please say it in one English line", "Later")
    assert labels(asked) == ["Later"]
    await bridge.says(OFFICER, LINE)
    bridge.expect(OFFICER, "is changed. The desks see it.")
    bridge.expect_nothing(OWN_DESK, containing="No paper can be made")
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, f"Summary: {KHMER}", f"Summary, in English: {LINE} (KH officer)")
    await bridge.says(CLERK, f"/english {case.reference}")
    bridge.expect(CLERK, "Nothing lacks an English version", KHMER, f"In English: {LINE} (KH officer)")


async def test_who_writes_english_is_asked_nothing_more(bridge: PlayedBridge) -> None:
    await sent(bridge)
    await bridge.answers(OFFICER, "edit 14", "Door locked from outside")
    bridge.expect(OFFICER, "is changed. The desks see it.")
    bridge.expect_nothing(OFFICER, containing="English")


async def test_later_goes_on_at_once_and_the_own_duty_desk_is_asked(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge)
    await bridge.taps(OFFICER, "Later")
    bridge.expect(OFFICER, "is changed. The desks see it.")
    asked = bridge.expect(
        OWN_DESK, "No paper can be made", "14 Summary (written in Khmer)", f"/english {case.reference} summary"
    )
    assert labels(asked) == ["Write in English: 14 Summary"]
    bridge.expect_nothing(DUTY, containing="No paper can be made")
    await bridge.taps(CLERK, "Write in English: 14 Summary", at=OWN_DESK)
    bridge.expect(OWN_DESK, "14 Summary (written in Khmer)", KHMER, "Please say it in one English line")
    await bridge.replies(CLERK, LINE, at=OWN_DESK)
    bridge.expect(OWN_DESK, "kept beside the original", f"In English: {LINE} (KH duty)")
    bridge.expect(DUTY, "An English version of Summary was added by KH Duty desk", f"/cases/{case.reference}")
    bridge.expect(OFFICER, "An English version of Summary was added by KH Duty desk")


async def test_an_intake_in_khmer_is_never_held_up(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "25", "China")
    await bridge.says(OFFICER, "ជិតទីផ្សារ")
    bridge.expect(OFFICER, "Area is written in Khmer")
    await bridge.says(OFFICER, "skip")
    bridge.expect(OFFICER, "(6 of 14)")
    await bridge.answers(OFFICER, KNOWN, "send", "send")
    bridge.expect(OFFICER, "is sent", "Without an English version: 5 Area (written in Khmer)")
    bridge.expect(OWN_DESK, "No paper can be made", "5 Area (written in Khmer)", case.reference)
    bridge.expect_nothing(OWN_DESK, containing="No paper can be made")
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, "Area: ជិតទីផ្សារ", "(Area is written in Khmer and has no English version yet)")


async def test_a_place_whose_name_is_known_is_proposed_and_one_tap_takes_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "25", "China")
    await bridge.says(OFFICER, "江西省南昌市")
    asked = bridge.expect(OFFICER, "Area is written in Chinese", "Is this right? Nanchang, Jiangxi")
    assert labels(asked) == ["Nanchang, Jiangxi", "Later"]
    await bridge.taps(OFFICER, "Nanchang, Jiangxi")
    bridge.expect(OFFICER, "(6 of 14)")
    (version,) = (await bridge.case(case)).english.values()
    assert (version.is_machine, version.is_draft, version.party, version.role) == (True, False, "KH", "officer")
    await bridge.says(OFFICER, "summary")
    bridge.expect(
        OFFICER, "5. Area: 江西省南昌市", "Area, in English: Nanchang, Jiangxi (a machine's draft, confirmed by"
    )


async def test_what_is_still_no_english_is_kept_and_asked_for_again(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "ទ្វារ")
    bridge.expect(OFFICER, "Please say it in one English line")
    bridge.expect(OFFICER, "Your words are kept", "Please say it in one English line")
    await bridge.says(OFFICER, "back")
    bridge.expect(OFFICER, "(14 of 14)", f"Now: {KHMER}")
    await bridge.answers(OFFICER, "ទ្វារចាក់សោ", LINE)
    bridge.expect(OFFICER, "is changed")
    kept = await bridge.case(case)
    assert [v.of for v in kept.english.values()] == [kept.answers["summary"].id]


async def test_a_pasted_block_asks_for_each_line_and_then_goes_on(bridge: PlayedBridge) -> None:
    await bridge.report_case("no", "locked in", "25")
    await bridge.says(OFFICER, f"country: China\narea: 南昌\nsummary: {KHMER}")
    bridge.expect(OFFICER, "Stored:", "Area is written in Chinese")
    await bridge.says(OFFICER, "yes")
    bridge.expect(OFFICER, "Summary is written in Khmer")
    await bridge.says(OFFICER, "ask me later")  # an English line, though no good one: it can be written anew
    bridge.expect(OFFICER, "(6 of 14)")


async def test_on_wechat_the_words_are_typed(bridge_on_wechat: PlayedBridge) -> None:
    bridge, nary = bridge_on_wechat, "wechat:officer"
    case = await bridge.report_case("2", "2", "25", "China", from_=nary)
    await bridge.says(nary, "南昌")
    bridge.expect(nary, "Area is written in Chinese", "Nanchang, Jiangxi", "Or type: yes, later")
    await bridge.says(nary, "yes")
    bridge.expect(nary, "(6 of 14)")
    await bridge.says(nary, "edit 14")
    await bridge.says(nary, "门从外面锁着")
    bridge.expect(nary, "Summary is written in Chinese", "Or type: later")
    await bridge.says(nary, "later")
    bridge.expect(OWN_DESK, "No paper can be made", "14 Summary (written in Chinese)")
    await bridge.says(nary, f"/english {case.reference} 14 the door is locked from outside")
    bridge.expect(nary, "kept beside the original", "In English: the door is locked from outside (KH officer)")


async def test_several_that_lack_it_are_named_in_any_usual_way(bridge: PlayedBridge) -> None:
    case = await sent(bridge, "area: ជិតទីផ្សារ", "later", f"summary: {KHMER}", "later")
    for said, of in (
        ("14 the door is shut", "summary"), ("Summary: the door is locked", "summary"), ("#14. shut", "summary"),
        ("5: near the market", "area"), ("area near the old market", "area"), ("facts: door shut", "summary"),
        ("PROVINCE AND CITY: near a market", "area"), ("city: by the market", "area"),
    ):  # fmt: skip
        await bridge.says(CLERK, f"/english {case.reference} {said}")
        told = bridge.expect(CLERK, "kept beside the original")
        assert ("14 Summary" in told.text) == (of == "summary"), said
    await bridge.says(CLERK, f"/english {case.reference} country: China")
    bridge.expect(CLERK, "Which one do you say in English?")


async def test_a_line_that_may_be_about_either_is_asked_about_and_never_guessed(bridge: PlayedBridge) -> None:
    case = await sent(bridge, "area: ជិតទីផ្សារ", "near the market", f"summary: {KHMER}", "later")
    await bridge.says(CLERK, f"/english {case.reference} 5 men hold her")
    bridge.expect(CLERK, "Which one do you say in English?", "14 Summary (written in Khmer)")
    assert len((await bridge.case(case)).english) == 1


async def test_what_alone_lacks_it_needs_no_name(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "later")
    await bridge.says(CLERK, f"/english {case.reference} 5 men hold her, the door is locked")
    bridge.expect(CLERK, "In English: 5 men hold her, the door is locked (KH duty)")


async def test_versions_stand_beside_each_other_and_the_newest_counts(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, LINE)
    await bridge.says(CHIEF, f"/english {case.reference} summary The door was locked from outside")
    bridge.expect(CHIEF, "kept beside the original", "(KH supervisor)")
    kept = (await bridge.storage.history(case.id)).english
    assert [(v.text.reveal(), v.role, v.is_machine) for v in kept] == [
        (LINE, "officer", False), ("The door was locked from outside", "supervisor", False),
    ]  # fmt: skip
    assert [e.act for e in await bridge.acts(case) if e.act == "english"] == ["english", "english"]


async def test_a_changed_answer_needs_its_english_anew(bridge: PlayedBridge) -> None:
    case = await sent(bridge)
    await bridge.says(OFFICER, "edit 14")
    said = await bridge.says(OFFICER, KHMER)
    await bridge.says(OFFICER, LINE)
    bridge.forget()
    await bridge.edits(said, "នាងបានរត់គេចខ្លួន")
    bridge.expect(OFFICER, "Summary is changed", "No paper can be made", f"/english {case.reference} summary")
    bridge.expect(OWN_DESK, "No paper can be made", "14 Summary (written in Khmer)")


async def test_a_note_in_khmer_gets_its_english_and_both_sides_read_it(bridge: PlayedBridge) -> None:
    case = await sent(bridge)
    await bridge.says(OFFICER, f"/note {case.reference} {KHMER}")
    bridge.expect(DUTY, KHMER, "written in Khmer; an English version is needed")
    await bridge.says(CLERK, f"/english {case.reference}")
    bridge.expect(CLERK, "without an English version:", "Note, Sat 18 Apr", KHMER, f"/english {case.reference} note")
    await bridge.says(CLERK, f"/english {case.reference} note {LINE}")
    bridge.expect(CLERK, "kept beside the original", f"In English: {LINE} (KH duty)", "Sent to")
    bridge.expect(DUTY, "in English: " + LINE)
    bridge.expect(OFFICER, "in English: " + LINE)


async def test_who_writes_a_note_in_khmer_is_asked_once_for_its_english_and_it_crosses_at_once(
    bridge: PlayedBridge,
) -> None:
    case = await sent(bridge)
    await bridge.says(OFFICER, f"/note {case.reference} {KHMER}")
    bridge.expect(OFFICER, f"Please say it in English too: /english {case.reference} note")
    bridge.expect(DUTY, KHMER)
    await bridge.says(OFFICER, f"/english {case.reference} note {LINE}")
    bridge.expect(DUTY, "in English: " + LINE)
    bridge.forget()
    await bridge.says(OFFICER, f"/note {case.reference} {LINE}")
    bridge.expect_nothing(OFFICER, containing="Please say it in English")


async def test_a_question_in_chinese_is_asked_at_once_and_its_english_too(bridge: PlayedBridge) -> None:
    case = await sent(bridge)
    await bridge.says(DUTY, f"/clarify {case.reference} 她在哪一层")
    bridge.expect(DUTY, "It is written in Chinese", f"/english {case.reference} note", "KH is to answer by")
    bridge.expect(OFFICER, "她在哪一层")
    await bridge.says(DUTY, f"/english {case.reference} note Which floor is she on?")
    bridge.expect(OFFICER, "in English: Which floor is she on?")


async def test_only_the_side_that_wrote_it_says_it_in_english(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "later")
    bridge.forget()
    await bridge.says(DUTY, f"/english {case.reference} summary she went of her own will")
    bridge.expect(DUTY, "Your side wrote nothing here that a paper needs in English")
    await bridge.says(DUTY, f"/english {case.reference}")
    told = bridge.expect(DUTY, "Your side wrote nothing here")
    assert KHMER not in told.text
    assert not (await bridge.case(case)).english


async def test_who_may_not_read_the_summary_reads_no_english_of_it(bridge: PlayedBridge) -> None:
    case = await sent(bridge, "citizenship: China", f"summary: {KHMER}", "later")
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.forget()
    await bridge.says(CLERK, f"/english {case.reference} summary {LINE}")
    bridge.expect(CLERK, "kept beside the original")
    bridge.expect_nothing(DUTY)
    await bridge.says(DUTY, f"/case {case.reference}")
    assert LINE not in bridge.expect(DUTY, case.reference).text


async def test_what_points_to_a_person_is_taken_out_of_the_english_line_too(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "call her at +855 12 345 678, the door is locked")
    (version,) = (await bridge.case(case)).english.values()
    assert "345" not in version.text.reveal()
    assert [value for _, value in await bridge.secure(case) if "345 678" in value]


async def test_words_that_are_no_english_are_not_taken_by_the_desk_either(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "later")
    await bridge.says(CLERK, f"/english {case.reference} summary {KHMER}")
    bridge.expect(CLERK, "That is not written in English letters", "Please say it in one English line")
    await bridge.says(CLERK, "Bà ấy nói cửa bị khóa từ bên ngoài")
    bridge.expect(CLERK, "That is not written in English letters")
    await bridge.says(CLERK, f"/english {case.reference} summary {'x' * 1001}")
    bridge.expect(CLERK, "That is too long: at most 1000 characters")
    await bridge.says(CLERK, f"/english {case.reference} summary")
    await bridge.says(CLERK, LINE)
    bridge.expect(CLERK, f"In English: {LINE}")


async def test_the_page_lists_what_lacks_it_with_the_original_and_its_form_says_it(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "later")
    await bridge.says(OFFICER, f"/note {case.reference} ទ្វារ")
    for which, line in (("summary:", LINE), ("", "the door, once")):
        lines = (await page_of(bridge, CLERK, case))["english"]
        assert isinstance(lines, list)
        shown = next(each for each in lines if not each.english and each.which.startswith(which))
        assert shown.script == "Khmer"
        assert shown.words in (KHMER, "ទ្វារ")
        form = {"which": shown.which, "text": line}
        await bridge.says(CLERK, act_forms.command(Act.ENGLISH, case.reference, form))
        bridge.expect(CLERK, "kept beside the original", f"In English: {line} (KH duty)")
    page = await page_of(bridge, DUTY, case)
    assert page["english"] == []
    assert LINE in str(page["facts"])
    assert "In English: the door, once (KH duty, " in str(page["texts"])
    assert LINE not in str((await page_of(bridge, "telegram:vn-clerk", case))["facts"])


async def test_a_hand_off_waits_for_the_english_and_says_what_is_missing(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "later")
    await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.forget()
    await bridge.says(CLERK, f"/handoff {case.reference} police")
    told = bridge.expect(
        CLERK, "No paper can be made before there is an English version of 14 Summary (written in Khmer)",
        f"/english {case.reference} summary",
    )  # fmt: skip
    assert labels(told) == ["Write in English: 14 Summary"]
    await bridge.says(DUTY, f"/handoff {case.reference} police")
    told = bridge.expect(DUTY, "not handed off. KH must first write an English version of 14 Summary")
    assert KHMER not in told.text
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    bridge.expect(CLERK, "No paper can be made")
    assert not (await bridge.case(case)).handoffs
    bridge.expect_nothing("wecom:police-group")
    await bridge.taps(CLERK, "Write in English: 14 Summary", of=told_last(bridge))
    await bridge.says(CLERK, LINE)
    bridge.expect(CLERK, "kept beside the original")
    await bridge.says(CLERK, f"/handoff {case.reference} police")
    await bridge.taps(CLERK, "Send it")
    bridge.expect("wecom:police-group", case.reference, "Please accept")


def told_last(bridge: PlayedBridge) -> Shown:
    return bridge.phones.newest_with(CLERK, "Write in English: 14 Summary")


async def test_a_side_that_reads_no_words_of_it_waits_for_no_english(bridge: PlayedBridge) -> None:
    case = await sent(bridge, "citizenship: China", f"summary: {KHMER}", "later")
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.forget()
    await bridge.says(DUTY, f"/handoff {case.reference} police")
    told = bridge.expect(DUTY)
    assert "English" not in told.text
    assert "Summary" not in told.text
