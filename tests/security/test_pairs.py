"""Two cases that may be one: no page, button or command tells a side of the other case that it may not read."""

from __future__ import annotations

import pytest

from bot.domain import button_data
from tests.security.stronghold import CLERK, DUTY, KH_SUPERVISOR, OFFICER, OUTSIDERS, Stronghold, words_of

NUMBER = "+855 10 999 888"
COLLEAGUE, GROUP = "telegram:colleague", "telegram:kh-group"


async def one_phone_in_two_cases(bridge: Stronghold) -> tuple[str, str]:
    """Two officers of one side each write the same number; the other side may read neither."""
    found = []
    for who in (OFFICER, COLLEAGUE):
        found.append(await bridge.opens_case(who, f"somebody screams for help, call {NUMBER}"))
        await bridge.answers(who, "no", "locked in", "16")
    await bridge.tick()
    assert "May be the same" in "".join(bridge.heard(GROUP)), "there is something to leak"
    return found[0], found[1]


async def test_the_number_itself_is_told_to_nobody(bridge: Stronghold) -> None:
    await one_phone_in_two_cases(bridge)
    assert not [
        shown.text for shown in bridge.phones.everything(()) if "999 888" in shown.text or "999888" in shown.text
    ]


@pytest.mark.parametrize("who", [DUTY, OFFICER, COLLEAGUE, "telegram:vn-clerk", "wecom:detective"])
async def test_a_page_never_names_the_other_case_to_somebody_who_may_not_see_both(bridge: Stronghold, who: str) -> None:
    one, two = await one_phone_in_two_cases(bridge)
    client = await bridge.signed_in(who)
    for mine, other in ((one, two), (two, one)):
        shown = words_of((await client.get(f"/cases/{mine}")).text)
        assert other not in shown
        assert "same phone number" not in shown
        assert "May be the same" not in shown


async def test_the_desk_that_may_see_both_says_so_on_the_page(bridge: Stronghold) -> None:
    one, two = await one_phone_in_two_cases(bridge)
    client = await bridge.signed_in(CLERK)
    assert "may be the same: same phone number" in words_of((await client.get(f"/cases/{one}")).text)
    older, younger = await bridge.case(one), await bridge.case(two)
    data = f"a.{button_data.to_base36(younger.id)}.1.same.{button_data.to_base36(older.id)}"
    await bridge.posts(client, f"/cases/{two}", button=data, message="")
    assert (await bridge.case(two)).joined_to == older.id


@pytest.mark.parametrize("who", [DUTY, "wecom:supervisor", *OUTSIDERS])
async def test_nobody_else_decides_by_a_stolen_button_or_a_command(bridge: Stronghold, who: str) -> None:
    one, two = await one_phone_in_two_cases(bridge)
    older, younger = await bridge.case(one), await bridge.case(two)
    for act in ("same", "related", "different"):
        bridge.forget()
        data = f"a.{button_data.to_base36(younger.id)}.1.{act}.{button_data.to_base36(older.id)}"
        await bridge._phone(who).taps_data(who, data, "m1")
        await bridge._settled()
        await bridge.says(who, f"/{act} {two} {one}")
        bridge.expect_nothing(OFFICER, CLERK, GROUP, KH_SUPERVISOR)
    assert (await bridge.case(one), await bridge.case(two)) == (older, younger)


async def test_a_joined_case_shows_an_officer_no_word_of_the_other_officer(bridge: Stronghold) -> None:
    one, two = await one_phone_in_two_cases(bridge)
    await bridge.says(OFFICER, f"/note {one} §before§")
    await bridge.says(CLERK, f"/same {two} {one}")
    await bridge.says(CLERK, f"/memo {one} §memo§")
    client = await bridge.signed_in(COLLEAGUE)
    assert (await client.get(f"/cases/{one}")).status_code == 404
    assert "§" not in (await client.get(f"/cases/{two}")).text
    await bridge.says(COLLEAGUE, f"/case {two}")
    heard = bridge.heard(COLLEAGUE)
    assert not [text for text in heard if "§" in text or f"· {one}" in text]
    assert f"· {two}" in heard[-1], "what they said themselves"
