"""Reading across a party: every command and every page, tried by everybody for whom the case does not exist."""

from __future__ import annotations

import pytest

from bot import reference as references
from bot.commands import ABOUT_CASE
from tests.security.story import mark, whole_story
from tests.security.stronghold import ADMIN, DUTY, OFFICER, OUTSIDERS, Stronghold, words_of
from tests.security.ways_in import COMMANDS, ROUTES, For

#: Well formed, with the right check character, and nobody's.
NOBODYS = "KC26-7H4QM-4"


async def heard_for(bridge: Stronghold, who: str, typed: str, *, at: str = "") -> tuple[list[str], list[str]]:
    """What somebody hears when they type this, and what the storage was asked for it."""
    bridge.forget()
    bridge.counting.take()
    await bridge.says(who, typed, at=at)
    calls = bridge.counting.take()
    return bridge.heard(at or who), calls


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_no_command_tells_an_outsider_whether_a_case_exists(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    assert references.parse(NOBODYS) == NOBODYS != reference
    before = await bridge.case(reference)
    for name, typed in COMMANDS.items():
        theirs, asked = await heard_for(bridge, who, typed.format(ref=reference))
        nobodys, for_nothing = await heard_for(bridge, who, typed.format(ref=NOBODYS))
        if name in ABOUT_CASE:
            assert theirs == nobodys, name
            assert theirs, name
            assert asked == for_nothing, f"{name}: the storage is asked the same, so that time tells nothing either"
        assert not [text for text in theirs if reference in text or "§" in text], name
    assert await bridge.case(reference) == before


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_no_command_reads_across_from_within_a_group_of_the_other_side(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    place = "wecom:police-group" if who.startswith("wecom") else "telegram:kh-group"
    before = await bridge.case(reference)
    for name, typed in COMMANDS.items():
        theirs, _ = await heard_for(bridge, who, typed.format(ref=reference), at=place)
        assert not [text for text in theirs if reference in text or "§" in text], name
        replied = bridge.phones.newest_saying(place, reference)
        await bridge.says(who, f"/{name}", at=place, reply_to=replied.id)
        assert not [text for text in bridge.heard(place) if reference in text or "§" in text], name
    assert await bridge.case(reference) == before


async def test_an_admin_of_another_side_exports_nothing_of_it(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    await bridge.change("telegram:vn-clerk", role=(await bridge.person(ADMIN)).role)
    await bridge.says("telegram:vn-clerk", COMMANDS["export"].format(ref=reference))
    sent = bridge.expect("telegram:vn-clerk", "Cases in the file: 0")
    assert reference.encode() not in (bridge.exports / sent.file).read_bytes()


async def test_an_admin_of_another_side_downloads_nothing_of_it(bridge: Stronghold) -> None:
    await whole_story(bridge, mark)
    (file,) = [path.name for path in bridge.exports.glob("*.csv")]
    await bridge.change(DUTY, role=(await bridge.person(ADMIN)).role)
    client = await bridge.signed_in(DUTY)
    assert (await client.get(f"/exports/{file}")).status_code == 404
    assert file not in (await client.get("/exports")).text


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_no_page_tells_an_outsider_whether_a_case_exists(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    file = next(f.name for f in bridge.exports.glob("*.csv"))
    client = await bridge.signed_in(who)
    for (method, path), way in ROUTES.items():
        if method != "GET" or way.serves is For.MACHINES:
            continue
        bridge.counting.take()
        theirs = await client.get(way.example.format(ref=reference, file=file, token="t"))
        asked = bridge.counting.take()
        nobodys = await client.get(way.example.format(ref=NOBODYS, file="none.csv", token="t"))
        assert asked == bridge.counting.take(), path
        assert (theirs.status_code, words_of(theirs.text)) == (nobodys.status_code, words_of(nobodys.text)), path
        assert reference not in theirs.text, path
        assert "§" not in theirs.text, path


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_no_form_of_a_page_acts_on_a_case_that_does_not_exist_for_its_sender(
    bridge: Stronghold, who: str
) -> None:
    reference = await whole_story(bridge, mark)
    client = await bridge.signed_in(who)
    before = await bridge.case(reference)
    for act in ("note", "memo", "reopen", "close", "standdown"):
        form = {"act": act, "text": "x", "reason": "x", "code": "error"}
        answer = await bridge.posts(client, f"/cases/{reference}", "/chat", **form)
        assert answer.status_code == 404, act
        assert "No such case" in answer.text
    assert await bridge.case(reference) == before


async def test_a_near_miss_is_not_looked_up_and_names_only_ones_own_cases(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    mistyped = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    for who in OUTSIDERS:
        heard, asked = await heard_for(bridge, who, f"/case {mistyped}")
        assert heard == ["No such case: the reference has a typing error."]
        assert "references=" not in "".join(asked)
    await bridge.opens_case(text="another girl")
    heard, _ = await heard_for(bridge, OFFICER, f"/case {mistyped}")
    assert reference not in heard[0]


async def test_a_memo_stays_with_its_side_on_every_page_and_messenger(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    client = await bridge.signed_in(DUTY)
    for path in ("/chat", "/cases", f"/cases/{reference}"):
        assert mark("memo") not in (await client.get(path)).text
    theirs = await bridge.signed_in("telegram:kh-supervisor")
    assert mark("memo") in (await theirs.get(f"/cases/{reference}")).text


async def test_exact_coordinates_stay_with_the_reporting_side(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    page = (await (await bridge.signed_in(DUTY)).get(f"/cases/{reference}")).text
    assert "28.68" not in page
    assert "28.683123" in (await (await bridge.signed_in(OFFICER)).get(f"/cases/{reference}")).text
