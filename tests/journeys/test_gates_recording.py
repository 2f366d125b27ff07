"""Who records what the gates ask for, where it is read, and the category gate."""

from __future__ import annotations

import pytest

from adapters.web.cases import act_forms
from bot.domain.case import DeadlineKind
from bot.domain.case_acts import Act
from tests.journeys.gated import (
    CLERK,
    DUTY,
    OFFICER,
    OWN_SUPERVISOR,
    THEIR_SUPERVISOR,
    THEIRS,
    WILLING,
    adult_case,
    feared_case,
    forms_of,
    page_of,
)
from tests.kit.played import PlayedBridge

# Who may record, and where it is read.


@pytest.mark.parametrize(
    "words",
    [
        "protect {} none_known",
        "guardian {} Mrs Example",
        "interest {} held",
        "vital {} life",
        "decide {} allowed why",
        "alternative {} IOM",
        "consent {} police no",
    ],
)
async def test_the_other_side_records_nothing_of_it(bridge: PlayedBridge, words: str) -> None:
    case = await feared_case(bridge)
    before = (await bridge.case(case)).answers
    for who in (DUTY, THEIR_SUPERVISOR, "wecom:detective", "telegram:vn-clerk", "telegram:colleague", "web:admin"):
        await bridge.says(who, "/" + words.format(case.reference))
    bridge.expect(DUTY, "Only ")
    bridge.expect("telegram:vn-clerk", "No such case.")
    assert (await bridge.case(case)).answers == before


async def test_the_page_offers_each_form_to_whoever_may_and_only_where_it_is_asked_for(bridge: PlayedBridge) -> None:
    case = await feared_case(bridge)
    protection = {Act.PROTECT, Act.GUARDIAN, Act.INTEREST, Act.VITAL, Act.DECIDE, Act.ALTERNATIVE, Act.CONSENT}
    assert await forms_of(bridge, OWN_SUPERVISOR, case) & protection == {
        Act.CONSENT, Act.PROTECT, Act.DECIDE, Act.ALTERNATIVE,
    }  # fmt: skip
    assert await forms_of(bridge, CLERK, case) & protection == {Act.CONSENT, Act.PROTECT}
    assert await forms_of(bridge, OFFICER, case) & protection == {Act.CONSENT}
    assert not await forms_of(bridge, DUTY, case) & protection
    child = await bridge.report_case("no", "locked in", "9", text="/alert boy of 9")
    assert await forms_of(bridge, CLERK, child) & protection == {
        Act.CONSENT, Act.PROTECT, Act.GUARDIAN, Act.INTEREST,
    }  # fmt: skip


async def test_a_filled_form_does_what_the_typed_command_does(bridge: PlayedBridge) -> None:
    case = await feared_case(bridge)
    filled = {"code": "stateless", "why": "born in a camp"}
    await bridge.says(CLERK, act_forms.command(Act.PROTECT, case.reference, filled))
    await bridge.says(
        OWN_SUPERVISOR, act_forms.command(Act.DECIDE, case.reference, {"code": "refused", "reason": "no"})
    )
    await bridge.says(CLERK, act_forms.command(Act.CONSENT, case.reference, {"about": "diplomatic", "said": "no"}))
    after = await bridge.case(case)
    assert [after.value(name) for name in ("protection_flag", "police_decision", "consent_diplomatic")] == [
        "stateless", "refused", "no",
    ]  # fmt: skip
    assert act_forms.command(Act.PROTECT, case.reference, {"code": "", "why": "x"}) == ""
    own, theirs = str(await page_of(bridge, CLERK, case)), str(await page_of(bridge, DUTY, case))
    assert "Protection need: Stateless" in own
    assert "born in a camp" in own
    assert not [word for word in ("Stateless", "stateless", "protection", "born in") if word in theirs]


async def test_what_desks_record_is_in_no_alert_summary_or_export(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(CLERK, f"/protect {case.reference} possible NARWHAL")
    bridge.expect(CLERK, "Protection need: Possible")
    bridge.forget()
    await bridge.fast_forward(minutes=1)
    await bridge.says(OFFICER, "summary")
    await bridge.says(DUTY, f"/case {case.reference}")
    await bridge.says("web:admin", "/export 2026-04-01 2026-05-01 meeting")
    sent = bridge.expect("web:admin", "Cases in the file: 1")
    exported = (bridge.exports / sent.file).read_text("utf-8")
    told = "".join(shown.text for shown in bridge.everything_heard(["telegram:officer", *THEIRS]))
    assert not [w for w in ("rotection need", "protection_flag", "NARWHAL") if w in told + exported]


async def test_help_names_what_each_may_record(bridge: PlayedBridge) -> None:
    for who, command, is_shown in (
        (OFFICER, "/consent", True), (OFFICER, "/protect", False), (CLERK, "/interest", True),
        (CLERK, "/decide", False), (OWN_SUPERVISOR, "/decide", True), (OWN_SUPERVISOR, "/vital", True),
        ("web:admin", "/consent", False),
    ):  # fmt: skip
        await bridge.says(who, "/help more")
        assert (command in bridge.expect(who, "/cases").text) is is_shown, (who, command)


async def test_in_a_group_that_others_read_no_answer_is_repeated(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(CLERK, f"/protect {case.reference} possible", at="telegram:mixed-group")
    told = bridge.expect("telegram:mixed-group", "recorded. Please write such things in private.")
    assert "ossible" not in told.text
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send", at="telegram:mixed-group")
    assert "protect" not in bridge.expect("telegram:mixed-group", "Diplomatic step blocked").text


async def test_what_is_known_before_the_side_is_chosen_stops_the_relay_as_soon_as_it_is(bridge: PlayedBridge) -> None:
    inspector = "wecom:inspector"
    await bridge.says(inspector, "a man is held on a boat")
    await bridge.says(inspector, "age: 25\ncitizenship: Cambodia\nfears: yes")
    bridge.forget()
    await bridge.says(inspector, "KH")
    bridge.expect(THEIR_SUPERVISOR, "KH is told only the minimum")
    bridge.expect("telegram:kh-group", "Youngest person: 18 or over")
    assert not [shown for shown in bridge.everything_heard(["telegram:kh-group"]) if "Citizenship" in shown.text]


# The category gate.


async def test_a_political_matter_cannot_be_chosen_but_the_case_stays_and_its_clock_runs(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "25", "China", "Nanchang", "unknown", "edit 7")
    before = (await bridge.case(case)).deadlines
    bridge.forget()
    await bridge.says(OFFICER, "political matter")
    bridge.expect(OFFICER, "outside the purpose", "INTERPOL Constitution, Article 3", "What type of matter is this?")
    after = await bridge.case(case)
    assert after.is_open
    assert after.value("category") is None
    assert after.deadlines == before
    (entry,) = [entry for entry in await bridge.acts(case) if entry.act == "category_refused"]
    assert not entry.details
    assert not [text for text in await bridge.texts(case) if "political" in text.text]
    await bridge.says(OFFICER, "trafficking")
    assert (await bridge.case(case)).value("category") == "trafficking_in_persons"


async def test_a_block_with_a_refused_category_keeps_its_other_answers(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "25", "type of matter: religious matter\ncountry: China")
    bridge.expect(OFFICER, "Stored: Country now", "outside the purpose")
    after = await bridge.case(case)
    assert (after.value("category"), after.value("country")) == (None, "CN")


async def test_the_words_of_an_alert_are_never_refused_and_the_own_supervisor_is_asked_to_look(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(text="she is a political dissident and screams for help")
    hint = bridge.expect(OWN_SUPERVISOR, case.reference, "Nothing is refused and the clock runs")
    assert "dissident" not in hint.text
    bridge.expect(DUTY, case.reference, "Acknowledge by")
    await bridge.says(OFFICER, "they say it is a religious matter, what now")
    bridge.expect_nothing(OWN_SUPERVISOR, containing="Nothing is refused")
    bridge.expect_nothing(*THEIRS, containing="Nothing is refused")
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).is_running
    assert "category" not in str((await page_of(bridge, DUTY, case))["journal"])
