"""English versions as a way across: who may not read the original reads no English, and nobody speaks for others."""

from __future__ import annotations

from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.english import English
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.turn import Turn
from tests.security.stronghold import CLERK, DETECTIVE, DUTY, OFFICER, SUPERVISOR, Stronghold

KHMER, SECRET = "ទ្វារ", "the blue door by the canal"
OTHERS = (DUTY, SUPERVISOR, DETECTIVE, "wechat:night", "wecom:police-group")


async def a_case(bridge: Stronghold) -> Case:
    """A citizen of China, held there, of whom both desks know; her summary and a note are in Khmer."""
    known = "citizenship: China\nconsent to police: yes\nfears own authorities: no"
    case = await bridge.report_case("no", "locked in", "25", f"{known}\nsummary: {KHMER}", "later", "send", "send")
    await bridge.says(OFFICER, f"/note {case.reference} {KHMER}")
    bridge.forget()
    return await bridge.case(case)


async def read_by_others(bridge: Stronghold, case: Case) -> str:
    """All that the other side was told lately, is told when it asks, and reads on the page."""
    for typed in ("case", "english", "plan"):
        for who in (DUTY, SUPERVISOR):
            await bridge.says(who, f"/{typed} {case.reference}")
    clients = [await bridge.signed_in(who) for who in (DUTY, SUPERVISOR)]
    pages = [(await client.get(f"/cases/{case.reference}")).text for client in clients]
    return "\n".join([*(text for who in OTHERS for text in bridge.heard(who)), *pages])


async def test_past_a_closed_gate_no_english_of_anything_crosses(bridge: Stronghold) -> None:
    case = await a_case(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.forget()
    for name in ("summary", "note"):
        await bridge.says(CLERK, f"/english {case.reference} {name} {SECRET}")
    assert len((await bridge.case(case)).english) == 2
    assert SECRET not in await read_by_others(bridge, case)


async def test_a_machines_draft_is_read_by_the_side_that_wrote_the_original_alone(bridge: Stronghold) -> None:
    case = await a_case(bridge)
    await drafted(bridge, case)
    assert SECRET not in await read_by_others(bridge, case)
    await bridge.says(CLERK, f"/english {case.reference}")
    bridge.expect(CLERK, SECRET)


async def test_nobody_says_in_english_what_the_other_side_wrote(bridge: Stronghold) -> None:
    case = await a_case(bridge)
    note = (await bridge.texts(case))[-1]
    draft = await drafted(bridge, case)
    number = button_data.to_base36(draft.id)
    forged = ("summary: she went freely", "note she went freely", f"#{button_data.to_base36(note.id)} she went freely",
              f"confirm {number}", "summary confirm")  # fmt: skip
    before = (await bridge.case(case)).english
    for who in (DUTY, SUPERVISOR, DETECTIVE):
        for words in forged:
            await bridge.says(who, f"/english {case.reference} {words}")
    tap = button_data.write(
        button_data.ActTap(case.id, (await bridge.case(case)).stage, "english", f"confirm {number}")
    )
    await bridge.adapters["wecom"].taps_data(SUPERVISOR, tap, "1")
    client, path = await bridge.signed_in(DUTY), f"/cases/{case.reference}"
    await bridge.posts(client, path, path, act="english", which="summary:", text="she went freely")
    assert (await bridge.case(case)).english == before


async def drafted(bridge: Stronghold, case: Case) -> English:
    """A machine's draft of the summary."""
    case = await bridge.case(case)
    of = case.answers["summary"].id
    draft = English(4711, case.id, of, Guarded(SECRET), bridge.now, 0, "KH", None, is_machine=True)
    after = replace(case, version=case.version + 1, english={of: draft})
    await bridge.storage.apply([Turn(cases=(after,), english=(draft,))])
    return draft
