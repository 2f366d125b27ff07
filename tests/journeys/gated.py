"""Cases whose gates stand in different ways, and what a page shows of them."""

from __future__ import annotations

from adapters.web.cases import act_forms, act_taps, case_history, case_view
from bot.domain.case import Case, Channel, Handoff
from bot.domain.case_acts import Act
from tests.kit.played import PlayedBridge

OFFICER, CLERK, OWN_SUPERVISOR, OWN_GROUP = (
    "telegram:officer", "telegram:clerk", "telegram:kh-supervisor", "telegram:kh-group",
)  # fmt: skip
DUTY, THEIR_SUPERVISOR, DETECTIVE, POLICE = (
    "wechat:duty", "wecom:supervisor", "wecom:detective", "wecom:police-group",
)  # fmt: skip
THEIRS = (DUTY, "wechat:night", THEIR_SUPERVISOR, DETECTIVE, POLICE, "wecom:secretariat")
WILLING = "consent to police: yes\nconsent to embassy: yes\nfears own authorities: no"


async def adult_case(bridge: PlayedBridge, *more: str, citizenship: str = "Cambodia") -> Case:
    """An adult who is held; what she says about consent and fear comes in `more`, as lines of a block."""
    block = "\n".join([f"citizenship: {citizenship}", *more])
    case = await bridge.report_case("no", "locked in", "25", block, "send", "send", text="/alert a woman is held")
    await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.forget()
    return await bridge.case(case)


async def feared_case(bridge: PlayedBridge) -> Case:
    """A citizen of China, held there, who fears the authorities."""
    return await adult_case(
        bridge, "consent to police: yes", "consent to embassy: yes", "fears: yes", citizenship="China"
    )


async def handed(bridge: PlayedBridge, *, accepted: bool = False) -> Case:
    """A case of an adult who is willing, with the police channel of the other side."""
    case = await adult_case(bridge, WILLING)
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    if accepted:
        await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26")
    bridge.forget()
    return await bridge.case(case)


async def page_of(bridge: PlayedBridge, who: str, case: Case) -> dict[str, object]:
    """What the page of a case shows somebody."""
    directory = await bridge.storage.directory()
    reader = case_view.Reader(await bridge.person(who), bridge.rules.agreement, directory, bridge.now)
    page = case_history.page(await bridge.case(case), await bridge.storage.history(case.id), reader)
    return {name: shown for name, shown in page.items() if name != "case"}


async def forms_of(bridge: PlayedBridge, who: str, case: Case) -> set[Act]:
    directory = await bridge.storage.directory()
    desk = act_taps.Desk(await bridge.person(who), await bridge.case(case), bridge.rules.agreement, directory)
    return {form.act for form in act_forms.forms(desk)}


async def handoff(bridge: PlayedBridge, case: Case, channel: Channel) -> Handoff | None:
    return (await bridge.case(case)).handoff(channel)
