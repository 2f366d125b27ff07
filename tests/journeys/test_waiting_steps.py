"""A step that waits says for what and for whom, and the side that waits can remind the other one."""

from __future__ import annotations

from bot.domain.case import Case, Channel, HandoffState
from tests.journeys.gated import CLERK, DUTY, OFFICER, OWN_GROUP, WILLING, adult_case, feared_case, handoff
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge


async def reported(bridge: PlayedBridge, *more: str) -> Case:
    return await bridge.report_case("no", "locked in", "25", *more, "send", "send", text="/alert a woman is held")


async def test_who_acknowledges_reads_what_the_police_step_waits_for_and_may_remind(bridge: PlayedBridge) -> None:
    case = await reported(bridge, "citizenship: Cambodia")
    await bridge.says(DUTY, f"/ack {case.reference}")
    said = bridge.expect(DUTY, "Police channel: It waits: KH must answer or decide something first")
    assert "Remind them" in labels(said)
    assert "Hand to police" not in labels(said)


async def test_who_is_reminded_gets_the_question_or_the_button_that_is_missing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "citizenship: Cambodia", "send", "send")
    await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.forget()
    await bridge.taps(DUTY, "Remind them")
    bridge.expect(DUTY, "KH is reminded")
    told = bridge.expect(OWN_GROUP, "CN Duty desk waits for your side", "a best-interests reason of the duty desk")
    assert "Say why it is best" in labels(told)
    bridge.expect(OFFICER, "the other side waits for one answer", "fear the authorities of their own country")


async def test_they_are_not_reminded_again_at_once(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge)
    await bridge.says(DUTY, f"/remind {case.reference}")
    bridge.forget()
    await bridge.says(DUTY, f"/remind {case.reference}")
    bridge.expect(DUTY, "KH was reminded", "You can remind them again after")
    bridge.expect_nothing(OWN_GROUP, OFFICER)
    await bridge.fast_forward(minutes=31)
    bridge.forget()
    await bridge.says(DUTY, f"/remind {case.reference}")
    bridge.expect(OWN_GROUP, "CN Duty desk waits for your side")


async def test_where_nothing_waits_nobody_is_reminded(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    bridge.forget()
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "Remind them" not in labels(bridge.expect(DUTY, case.reference))
    await bridge.says(DUTY, f"/remind {case.reference}")
    bridge.expect(DUTY, "nothing waits for KH now")
    bridge.expect_nothing(OWN_GROUP)


async def test_to_a_state_that_is_feared_it_looks_as_if_answers_were_missing(bridge: PlayedBridge) -> None:
    feared, plain = await feared_case(bridge), await adult_case(bridge)
    said = []
    for case in (feared, plain):
        bridge.forget()
        await bridge.says(DUTY, f"/case {case.reference}")
        shown = bridge.expect(DUTY, case.reference)
        said.append([line for line in shown.text.split("\n") if line.startswith("Police channel: It")])
        await bridge.says(DUTY, f"/remind {case.reference}")
        said.append([bridge.expect(DUTY, "reminded").text.partition(": ")[2].partition("\n")[0]])
    assert said[0] == said[2] == ["Police channel: It waits: KH must answer or decide something first."]
    assert said[1] == said[3] == ["KH is reminded."]
    assert await handoff(bridge, feared, Channel.POLICE) is None
    assert HandoffState.SENT not in [h.state for h in (await bridge.case(feared)).handoffs]
