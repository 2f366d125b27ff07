"""A case passes no closed gate, and the State that is feared does not learn that it is shut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.case import Case, Channel, DeadlineKind, DeadlineState, Handoff, HandoffState
from bot.domain.errors import Unavailable
from bot.domain.guarded import Guarded
from bot.domain.messages import Delivery, DeliveryState
from tests.journeys.gated import (
    CLERK,
    DUTY,
    OFFICER,
    OWN_GROUP,
    OWN_SUPERVISOR,
    THEIR_SUPERVISOR,
    THEIRS,
    WILLING,
    adult_case,
    feared_case,
    handoff,
    page_of,
)
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

# The diplomatic gate.


async def test_no_embassy_is_told_before_the_protection_need_is_recorded(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(CLERK, "Blocked: nobody has recorded yet whether the person needs protection", "/protect")
    assert await handoff(bridge, case, Channel.DIPLOMATIC) is None
    bridge.expect_nothing(*THEIRS)
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    bridge.expect(CLERK, "Protection need: None known. Only your side is told.")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(CLERK, "handed to the diplomatic channel")


async def test_who_fears_their_state_is_not_handed_to_their_embassy_and_the_desk_hears_of_a_referral(
    bridge: PlayedBridge,
) -> None:
    case = await adult_case(bridge, "consent to embassy: yes", "fears: yes")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(CLERK, "Blocked: the person fears", "UNHCR, IOM or an NGO", "/alternative")
    await bridge.says(DUTY, f"/handoff {case.reference} diplomatic send")
    told = bridge.expect(DUTY, "Diplomatic step blocked: decide an alternative.")
    assert "fear" not in told.text
    assert await handoff(bridge, case, Channel.DIPLOMATIC) is None
    stopped = [entry.told for entry in await bridge.acts(case) if entry.act == "handoff_stopped"]
    assert [details["row"] for details in stopped] == [1, 1]


async def test_a_passing_deadline_opens_no_gate_and_asks_for_an_alternative(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, "consent to embassy: yes", "fears: yes")
    await bridge.fast_forward(hours=24)
    for who in (OWN_GROUP, OWN_SUPERVISOR):
        ping = bridge.expect(who, "Diplomatic channel: due", "Diplomatic step blocked: decide an alternative.", "UNHCR")
        assert "fears" not in ping.text
        assert "Hand off" not in labels(ping)
        assert "Decide an alternative" in labels(ping)
    for who in (DUTY, THEIR_SUPERVISOR):
        ping = bridge.expect(who, "Diplomatic channel: due", "Diplomatic step blocked: decide an alternative.")
        assert not [word for word in ("fear", "UNHCR", "/alternative", "protect") if word in ping.text]
        assert not {"Hand off", "Decide an alternative"} & set(labels(ping))
    await bridge.fast_forward(days=2)
    assert await handoff(bridge, case, Channel.DIPLOMATIC) is None
    assert (await bridge.due(case, DeadlineKind.DIPLOMATIC)).is_running


async def test_a_supervisor_decides_an_alternative_and_the_clock_stops_asking(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, "consent to embassy: yes", "fears: yes")
    await bridge.fast_forward(hours=24)
    await bridge.taps(OWN_SUPERVISOR, "Decide an alternative")
    bridge.expect(OWN_SUPERVISOR, "What is done instead of the diplomatic step?")
    await bridge.says(OWN_SUPERVISOR, "IOM takes her in WALRUS")
    bridge.expect(OWN_SUPERVISOR, "Alternative to the diplomatic step: Decided.")
    assert (await bridge.due(case, DeadlineKind.DIPLOMATIC)).state is DeadlineState.MET
    bridge.forget()
    await bridge.fast_forward(hours=24)
    bridge.expect_nothing(OWN_SUPERVISOR, OWN_GROUP, DUTY, containing="Diplomatic channel: due")
    assert "WALRUS" in str((await page_of(bridge, CLERK, case))["texts"])
    assert "WALRUS" not in str(await page_of(bridge, DUTY, case))
    await bridge.says(DUTY, f"/close {case.reference} found_safe she is well")
    await bridge.says(CLERK, f"/reopen {case.reference} she is not")
    assert not (await bridge.due(case, DeadlineKind.DIPLOMATIC)).is_running, "it is decided already"


async def test_an_adult_who_has_not_agreed_is_asked_through_the_officer(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, "consent to police: yes", "consent to embassy: not asked", "fears: no")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    bridge.forget()
    await bridge.fast_forward(hours=24)
    bridge.expect(OFFICER, "please ask the person now", "share this with their embassy")
    await bridge.taps(OFFICER, "Yes")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(CLERK, "handed to the diplomatic channel")


async def test_a_childs_case_goes_to_an_embassy_only_with_a_named_guardian_and_a_written_reason(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case("no", "locked in", "16", WILLING, "send", "send")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(CLERK, "drafted for the diplomatic channel, not sent", "/guardian", "/interest")
    await bridge.says(CLERK, f"/guardian {case.reference} Mrs PELICAN of the child office")
    bridge.expect(CLERK, "Guardian or child-protection authority: Named.")
    bridge.expect_nothing(DUTY, containing="can be handed")
    await bridge.says(CLERK, f"/interest {case.reference} her aunt OCELOT waits for her")
    bridge.expect(DUTY, "Nothing is missing any more: it can be handed to the diplomatic channel now")
    await bridge.taps(DUTY, "Hand off")
    await bridge.taps(DUTY, "Send it")
    drafted = await handoff(bridge, case, Channel.DIPLOMATIC)
    assert drafted is not None
    assert drafted.state is HandoffState.SENT
    for word in ("PELICAN", "OCELOT"):
        assert not [shown for shown in bridge.everything_heard() if word in shown.text]
        assert word in str((await page_of(bridge, CLERK, case))["texts"])
        assert word not in str(await page_of(bridge, DUTY, case))
        assert word not in str([entry.details for entry in await bridge.acts(case)])


# The police gate.


async def test_a_childs_case_goes_to_the_police_with_a_best_interests_reason_of_the_desk(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "fears: no", "send", "send")
    bridge.forget()
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.expect(DUTY, "drafted for the police channel, not sent", "KH must answer or decide something first")
    bridge.expect(OWN_GROUP, "Missing: a best-interests reason of the duty desk (/interest")
    bridge.expect_nothing("wecom:police-group")
    await bridge.says(CLERK, f"/interest {case.reference} she is held")
    await bridge.taps(DUTY, "Hand off")
    await bridge.taps(DUTY, "Send it")
    bridge.expect("wecom:police-group", case.reference)


async def test_without_consent_an_adults_case_waits_for_a_supervisors_vital_interest(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, "consent to police: cannot ask", "fears: no")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    bridge.expect(CLERK, "not sent", "a vital-interest reason of a supervisor", "KH Duty desk, KH supervisor is asked")
    bridge.expect(OWN_SUPERVISOR, "/vital")
    await bridge.says(CLERK, f"/vital {case.reference} she may die")
    bridge.expect(CLERK, "Only a supervisor of KH can record that.")
    await bridge.says(OWN_SUPERVISOR, f"/vital {case.reference} she may die")
    bridge.expect(DUTY, "can be handed to the police channel now")


async def test_when_the_person_fears_the_state_that_would_be_told_the_relay_stops_at_once(
    bridge: PlayedBridge,
) -> None:
    case = await adult_case(bridge, "consent to police: yes", citizenship="China")
    await bridge.says(OFFICER, f"/note {case.reference} she has a phone BEFORE")
    assert "BEFORE" in str((await page_of(bridge, DUTY, case))["texts"])
    bridge.forget()
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.expect(OWN_SUPERVISOR, "CN is told only the minimum", "until a supervisor decides", "/decide")
    await bridge.says(OFFICER, f"/note {case.reference} she hides at the IBEX")
    bridge.expect(OFFICER, "It stays on your own side: nothing more is told to CN now.")
    bridge.expect(OWN_GROUP, f"{case.reference} · KH officer · ", "she hides at the IBEX")
    bridge.expect_nothing(*THEIRS, containing="KH officer")
    bridge.expect_nothing(*THEIRS, containing="IBEX")
    await bridge.answers(OFFICER, "edit 12", "yes", "edit 6", "2 hours ago", "[Yes, that is right]")
    await bridge.fast_forward(minutes=1)
    theirs = await page_of(bridge, DUTY, case)
    assert {fact.label for fact in theirs["facts"]} == {"Situation", "Youngest person"}  # type: ignore[attr-defined]
    assert theirs["texts"] == []
    assert not [word for word in ("IBEX", "BEFORE", "Fear", "fear", "relay stopped") if word in str(theirs)]
    assert not {"answered", "noted"} & {row.head for row in theirs["journal"]}  # type: ignore[attr-defined]
    assert "IBEX" in str((await page_of(bridge, CLERK, case))["texts"])
    await bridge.says(DUTY, f"/case {case.reference}")
    told = bridge.expect(DUTY, "Say: Kilo")
    assert "KH supervisor" not in told.text + str(theirs["deliveries"]), "not even that somebody was told"
    newest = bridge.phones.at(DUTY)[-1]
    assert "Safe to contact" not in newest.text


async def test_to_the_feared_side_a_closed_gate_is_a_missing_answer(bridge: PlayedBridge) -> None:
    heard = []
    for case in (await feared_case(bridge), await adult_case(bridge, "consent to police: no", "fears: no")):
        await bridge.says(DUTY, f"/handoff {case.reference} police send")
        answer = bridge.expect(DUTY, "drafted for the police channel, not sent")
        await bridge.says(DUTY, f"/plan {case.reference}")
        plan = bridge.expect(DUTY, "what the clock does", "Police channel: It waits")
        heard.append((answer.text.split("\n")[0].replace(case.reference, "REF"), plan.text.split("\n")[-2:]))
        bridge.expect_nothing("wecom:police-group")
        drafted = await handoff(bridge, case, Channel.POLICE)
        assert drafted is not None
        assert drafted.state is HandoffState.BLOCKED
    assert heard[0] == heard[1]
    feared = (await bridge.cases())[0]
    bridge.expect(OWN_SUPERVISOR, "CN Duty desk wanted to hand", "/decide")
    assert "drafted, not sent" in str((await page_of(bridge, DUTY, feared))["handoffs"])
    assert "drafted, blocked" in str((await page_of(bridge, CLERK, feared))["handoffs"])
    await bridge.fast_forward(hours=8)
    ping = bridge.expect(DUTY, "Police channel: due", "It waits: KH must answer or decide something first.")
    assert "Hand off" not in labels(ping)


async def test_a_supervisor_decides_whether_the_feared_state_is_told_after_all(bridge: PlayedBridge) -> None:
    case = await feared_case(bridge)
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    bridge.expect(CLERK, "Blocked: it would go to a State that the person must be protected from", "/decide")
    assert "Hand to police" not in labels(bridge.phones.at(CLERK)[-1])
    assert await handoff(bridge, case, Channel.POLICE) is None
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference} refused not them YAK")
    bridge.expect(OWN_SUPERVISOR, "Decision on the police channel: Refused.")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    bridge.expect(CLERK, "Blocked: a supervisor decided")
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference} allowed")
    bridge.expect(OWN_SUPERVISOR, "Why? One line")
    await bridge.says(OWN_SUPERVISOR, "a unit she trusts ZEBU")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    bridge.expect("wecom:police-group", case.reference, "Please accept")
    await bridge.says(OFFICER, f"/note {case.reference} door is green")
    bridge.expect(OFFICER, "Sent to", "CN Duty desk")
    codes = [entry.told["code"] for entry in await bridge.acts(case) if entry.act == "protection"]
    assert codes == ["refused", "allowed"]
    everything = str(await page_of(bridge, DUTY, case)) + "".join(m.text for m in bridge.everything_heard(THEIRS))
    assert not [word for word in ("YAK", "ZEBU", "ecision on the police") if word in everything]


async def test_a_new_fear_asks_for_a_new_decision(bridge: PlayedBridge) -> None:
    case = await feared_case(bridge)
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference} allowed she trusts them")
    await bridge.says(CLERK, f"/protect {case.reference} asylum seeker")
    bridge.forget()
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    bridge.expect(CLERK, "Blocked: it would go to a State")
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference} allowed")
    bridge.expect(OWN_SUPERVISOR, "Why?")


async def test_there_is_nothing_to_decide_while_the_gate_is_not_closed(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference} allowed just in case")
    bridge.expect(OWN_SUPERVISOR, "there is nothing to decide")
    await bridge.says(OWN_SUPERVISOR, f"/alternative {case.reference} phone them")
    bridge.expect(OWN_SUPERVISOR, "Alternative to the diplomatic step: Decided.")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await bridge.says(OWN_SUPERVISOR, f"/alternative {case.reference} phone them")
    bridge.expect(OWN_SUPERVISOR, "The diplomatic step is not blocked")
    assert (await bridge.case(case)).value("police_decision") is None


# Consent can be taken back.


async def test_consent_taken_back_blocks_the_draft_and_both_desks_hear_that_not_why(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, "consent to police: yes")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.expect(DUTY, "drafted for the police channel")
    bridge.forget()
    await bridge.answers(OFFICER, "edit 13a", "no")
    for who in (DUTY, OWN_GROUP, OWN_SUPERVISOR):
        told = bridge.expect(who, case.reference, "The draft for the police channel is blocked")
        assert "onsent" not in told.text
    drafted = await handoff(bridge, case, Channel.POLICE)
    assert drafted is not None
    assert drafted.state is HandoffState.BLOCKED
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.expect_nothing("wecom:police-group")
    await bridge.says(OFFICER, f"/consent {case.reference} police yes")
    await bridge.says(CLERK, f"/consent {case.reference} fears no")
    bridge.expect(DUTY, "can be handed to the police channel now")
    said = [a.value for a in (await bridge.storage.history(case.id)).answers if a.field == "consent_police"]
    assert said == ["yes", "no", "yes"], "no answer is overwritten"


async def test_a_gate_that_closes_after_the_hand_off_is_told_to_the_own_desk_and_supervisors(
    bridge: PlayedBridge,
) -> None:
    case = await adult_case(bridge, WILLING, citizenship="China")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.expect("wecom:police-group", case.reference)
    bridge.forget()
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    for who in (OWN_GROUP, OWN_SUPERVISOR):
        bridge.expect(who, "It was handed to the police channel before, and its gate has closed since")
    bridge.expect_nothing(*THEIRS, containing="gate")
    assert "gate_closed" in [entry.act for entry in await bridge.acts(case)]
    sent = await handoff(bridge, case, Channel.POLICE)
    assert sent is not None
    assert sent.state is HandoffState.SENT


# What still waits when a gate closes.


async def waiting_for(bridge: PlayedBridge, who: str, case: Case) -> list[Delivery]:
    """What somebody has not got yet about a case."""
    unsent = [d for d in await bridge.deliveries(case) if d.state is DeliveryState.QUEUED]
    return [d for d in unsent if str(d.message.address) == who]


def said_to(waiting: list[Delivery]) -> str:
    return " ".join(delivery.message.text for delivery in waiting)


async def test_what_still_waits_when_the_relay_stops_crosses_the_border_with_the_minimum(bridge: PlayedBridge) -> None:
    for messenger in ("wechat", "wecom"):
        bridge.adapters[messenger].fail(Unavailable("no route"), times=None)
    case = await adult_case(bridge, WILLING, citizenship="China")
    await bridge.answers(OFFICER, "edit 1", "yes")
    assert "Danger now" in said_to(await waiting_for(bridge, DUTY, case)), "else this shows nothing"
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.expect(OWN_SUPERVISOR, "CN is told only the minimum")
    assert "Danger now" not in said_to(await waiting_for(bridge, DUTY, case))
    for messenger in ("wechat", "wecom"):
        bridge.adapters[messenger].recover()
    await bridge.fast_forward(minutes=10)
    bridge.expect(DUTY, case.reference, "Situation", "Texts and the rest")
    heard = " ".join(shown.text for who in THEIRS for shown in bridge.phones.at(who))
    assert not [word for word in ("Danger now", "onsent", "Citizenship", "Fear", "Why:") if word in heard]


async def test_a_hand_off_that_still_waits_when_its_gate_closes_asks_for_nothing(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING, citizenship="China")
    bridge.adapters["wecom"].fail(Unavailable("no route"), times=None)
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    bridge.adapters["wecom"].recover()
    await bridge.fast_forward(minutes=10)
    told = bridge.expect("wecom:police-group", case.reference, "was taken back before it reached you")
    assert not labels(told)
    bridge.expect_nothing("wecom:police-group", containing="Please accept")


async def test_what_waited_is_read_anew_before_it_is_sent_since_another_node_may_have_closed_the_gate(
    bridge: PlayedBridge,
) -> None:
    bridge.adapters["wechat"].fail(Unavailable("no route"), times=None)
    case = await adult_case(bridge, WILLING)
    for held in await waiting_for(bridge, DUTY, case):
        said = replace(held.message, text="only the minimum", buttons=())
        bridge.storage.reword(said)
    bridge.adapters["wechat"].recover()
    await bridge.fast_forward(minutes=1)
    bridge.expect(DUTY, "only the minimum")


async def test_why_a_desk_returned_a_hand_off_is_not_read_past_a_closed_gate(bridge: PlayedBridge) -> None:
    case = await feared_case(bridge)
    returned = Handoff(
        1,
        case.id,
        Channel.DIPLOMATIC,
        HandoffState.RETURNED,
        "kh-duty",
        1,
        START,
        returned_at=START,
        return_reason=Guarded("QUARTZ"),
    )
    bridge.storage.overwrite(replace(await bridge.case(case), handoffs=(returned,)))
    assert "QUARTZ" in str((await page_of(bridge, CLERK, case))["handoffs"])
    assert "QUARTZ" not in str((await page_of(bridge, DUTY, case))["handoffs"])


@pytest.mark.parametrize(("act", "who"), [("hold", OWN_SUPERVISOR), ("standdown", OWN_SUPERVISOR)])
@pytest.mark.parametrize("is_feared", [True, False])
async def test_who_reads_a_reason_is_said_as_the_gate_stands(
    bridge: PlayedBridge, act: str, who: str, is_feared: bool
) -> None:
    case = await (feared_case(bridge) if is_feared else adult_case(bridge, WILLING))
    await bridge.says(who, f"/{act} {case.reference}")
    bridge.expect(who, "only your own side can read it" if is_feared else "both sides can read it on the page.")
    await bridge.says(who, "because of walnut")
    for reader, reads in ((CLERK, True), (DUTY, not is_feared)):
        assert ("walnut" in str(await page_of(bridge, reader, case))) is reads, reader
