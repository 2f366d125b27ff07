"""Papers, from a messenger: where they are taken, what each waits for, and that no file goes by messenger."""

from __future__ import annotations

from bot.domain.case import Case
from tests.kit.played import PlayedBridge

CLERK, SUPERVISOR, OFFICER = "telegram:clerk", "telegram:kh-supervisor", "telegram:officer"
CONSENTING = (
    "no",
    "locked in",
    "25",
    "citizenship: Cambodia\nconsent to police: yes\nconsent to embassy: yes\nfears own authorities: no",
    "send",
    "send",
)
AT = "/papers/{}.pdf"


async def ready(bridge: PlayedBridge, *more: str) -> Case:
    case = await bridge.report_case(*CONSENTING, *more)
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    bridge.forget()
    return case


async def test_the_reporting_desk_gets_a_link_for_each_paper_and_no_file(bridge: PlayedBridge) -> None:
    case = await ready(bridge)
    await bridge.says(CLERK, f"/papers {case.reference}")
    told = bridge.expect(CLERK, "its papers are taken on the page of the case only", "Request for police assistance: ")
    for kind in ("police-request", "police-reply", "note-verbale", "annex", "diplomatic-reply", "support-referral"):
        assert f"/cases/{case.reference}{AT.format(kind)}" in told.text
    assert all(not shown.file for shown in bridge.phones.at(CLERK))
    await bridge.says(SUPERVISOR, f"papers {case.reference}")
    bridge.expect(SUPERVISOR, "Note verbale: ")


async def test_a_paper_whose_gate_is_closed_says_so_in_place_of_its_link(bridge: PlayedBridge) -> None:
    case = await ready(bridge)
    await bridge.says(CLERK, f"/consent {case.reference} diplomatic no")
    await bridge.says(CLERK, f"/papers {case.reference}")
    told = bridge.expect(CLERK, "Note verbale: Its gate is not open for anybody in this case")
    assert AT.format("note-verbale") not in told.text
    assert AT.format("annex") not in told.text
    assert AT.format("police-request") in told.text


async def test_what_is_not_in_english_is_named(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CONSENTING[:3], f"{CONSENTING[3]}\narea: 江西南昌", "send", "send")
    await bridge.says(CLERK, f"/papers {case.reference}")
    bridge.expect(CLERK, "Request for police assistance: First an English version is needed of: Area.")


async def test_everybody_else_hears_whose_they_are_and_no_link(bridge: PlayedBridge) -> None:
    case = await ready(bridge)
    for who in (OFFICER, "wechat:duty", "wecom:supervisor"):
        await bridge.says(who, f"/papers {case.reference}")
        told = bridge.expect(who, f"Only the duty desk or a supervisor of KH takes the papers of {case.reference}.")
        assert "/papers/" not in told.text


async def test_in_a_group_of_others_only_the_page_is_named(bridge: PlayedBridge) -> None:
    case = await ready(bridge)
    await bridge.says(CLERK, f"/papers {case.reference}", at="telegram:a-group")
    told = bridge.expect("telegram:a-group", "its papers are taken on the page of the case only")
    assert "/papers/" not in told.text
    assert "gate" not in told.text


async def test_a_person_who_fears_the_state_that_is_asked_is_on_no_paper(bridge: PlayedBridge) -> None:
    """She is of the State that is asked and fears it: no paper of any channel is drawn up."""
    answers = "citizenship: China\nconsent to police: yes\nconsent to embassy: yes\nfears own authorities: yes"
    case = await bridge.report_case(*CONSENTING[:3], answers, "send", "send")
    await bridge.says(CLERK, f"/papers {case.reference}")
    told = bridge.expect(CLERK, "Request for police assistance: Its gate is not open", "Referral for support: Its gate")
    assert "/papers/" not in told.text
