"""Reading across a party: every command and every page, tried by everybody for whom the case does not exist."""

from __future__ import annotations

import pytest

from bot.domain import reference as references
from bot.domain.messages import Address
from bot.domain.typed_commands import ABOUT_CASE
from bot.people import guess_limits
from tests.security.story import CONTENT, file_of, mark, whole_story
from tests.security.stronghold import ADMIN, CLERK, DUTY, OFFICER, OUTSIDERS, SUPERVISOR, Stronghold, words_of
from tests.security.ways_in import COMMANDS, ROUTES, For

#: Well formed, with the right check character, and nobody's.
NOBODYS = "KC26-7H4QM-4"


async def heard_for(bridge: Stronghold, who: str, typed: str, *, at: str = "") -> tuple[list[str], list[str]]:
    """What somebody hears when they type this, and what the storage was asked for it."""
    bridge.forget()
    bridge.counting.take()
    await bridge.says(who, typed, at=at)
    assert not [named for named in bridge.counting.handed if named in typed], f"{typed}: nothing is read of the case"
    calls = bridge.counting.take()
    return bridge.heard(at or who), calls


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_no_command_tells_an_outsider_whether_a_case_exists(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    assert references.parse(NOBODYS) == NOBODYS != reference
    before = await bridge.case(reference)
    for name, typed in COMMANDS.items():
        await bridge.says(who, "/help")  # what the command before changed of people is read with the next message
        bridge.lets_guesses_lapse()
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
        bridge.lets_guesses_lapse()
        theirs, _ = await heard_for(bridge, who, typed.format(ref=reference), at=place)
        assert not [text for text in theirs if reference in text or "§" in text], name
        replied = bridge.phones.newest_saying(place, reference)
        await bridge.says(who, f"/{name}", at=place, reply_to=replied.id)
        assert not [text for text in bridge.heard(place) if reference in text or "§" in text], name
    assert await bridge.case(reference) == before


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_a_case_that_is_at_hand_for_somebody_else_is_none_for_an_outsider(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    for name in sorted(ABOUT_CASE & COMMANDS.keys()):
        bridge.lets_guesses_lapse()
        bridge.forget()
        await bridge.say_at_once((CLERK, f"/case {reference}"), (who, COMMANDS[name].format(ref=reference)))
        assert [text for text in bridge.heard(CLERK) if reference in text], "it is at hand"
        assert not [text for text in bridge.heard(who) if reference in text or "§" in text], name


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
    file, kept = next(f.name for f in bridge.exports.glob("*.csv")), await file_of(bridge, reference)
    client = await bridge.signed_in(who)
    for (method, path), way in ROUTES.items():
        if method != "GET" or way.serves is For.MACHINES:
            continue
        bridge.counting.take()
        theirs = await client.get(way.at(reference, file=file, kept=kept))
        asked = bridge.counting.take()
        nobodys = await client.get(way.at(NOBODYS, kept=kept))
        assert asked == bridge.counting.take(), path
        assert (theirs.status_code, words_of(theirs.text)) == (nobodys.status_code, words_of(nobodys.text)), path
        assert reference not in theirs.text, path
        assert "§" not in theirs.text, path


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_whoever_guesses_waits_as_long_for_a_case_that_exists_as_for_none(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    client = await bridge.signed_in(who)
    told = []
    for named in (reference, NOBODYS):
        bridge.lets_guesses_lapse()
        bridge.forget()
        pages = [
            await client.get(f"/cases/{named}{'/secure' if n % 2 else ''}") for n in range(guess_limits.MISSES + 3)
        ]
        told.append([(p.status_code, p.headers.get("retry-after"), words_of(p.text)) for p in pages])
        await bridge.says(who, f"/case {named}")
        assert bridge.heard(who) == [], "the answer waits"
        bridge.now += guess_limits.wait_after(guess_limits.MISSES + 4)
        await bridge.tick()
        assert bridge.heard(who) == ["No such case."]
    assert told[0] == told[1]
    assert [status for status, *_ in told[0]] == [404] * guess_limits.MISSES + [429] * 3
    own = await bridge.signed_in(OFFICER)
    assert (await own.get(f"/cases/{reference}")).status_code == 200


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_no_form_of_a_page_acts_on_a_case_that_does_not_exist_for_its_sender(
    bridge: Stronghold, who: str
) -> None:
    reference = await whole_story(bridge, mark)
    client = await bridge.signed_in(who)
    before = await bridge.case(reference)
    forms: list[dict[str, str]] = [
        {"act": act, "text": "x", "reason": "x", "code": "error"}
        for act in ("note", "memo", "reopen", "close", "standdown", "consent", "protect", "hold")
    ]
    opening = {"do": "open", "purpose": "locate"}
    page = f"/cases/{reference}"
    answers = [await bridge.posts(client, page, "/chat", **form) for form in forms]
    answers.append(await bridge.posts(client, f"{page}/secure", "/chat", **opening))
    answers.append(await bridge.uploads(client, f"{page}/files", "/chat", b"carried"))
    for answer in answers:
        assert answer.status_code == 404, answer.request.url
        assert "No such case" in answer.text
    assert await bridge.case(reference) == before
    assert set(bridge.files.contents.values()) == {CONTENT}


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


async def opened(bridge: Stronghold, who: str, reference: str) -> str:
    """The secure case as somebody sees it who says what for."""
    client = await bridge.signed_in(who)
    answer = await bridge.posts(client, f"/cases/{reference}/secure", "/chat", do="open", purpose="locate")
    return answer.text


async def test_exact_coordinates_are_in_the_secure_case_only(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    for who in (OFFICER, CLERK, DUTY):
        client = await bridge.signed_in(who)
        for path in ("/chat", f"/cases/{reference}", f"/cases/{reference}/secure"):
            assert "28.68" not in (await client.get(path)).text, (who, path)
        assert "28.683123" in await opened(bridge, who, reference)
    assert not [shown for shown in bridge.everything_heard() if "28.68" in shown.text]


async def test_exact_coordinates_stay_with_the_reporting_side_while_the_border_is_closed(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "25", "citizenship: China\nfears: yes")
    await bridge.shares_location(OFFICER, 28.683123, 115.857456)
    await bridge.answers(OFFICER, "send", "send")
    closed = await opened(bridge, DUTY, reference)
    assert "28.68" not in closed
    assert "No such case" in closed
    assert "28.683123" in await opened(bridge, CLERK, reference)


async def test_the_secure_case_is_nothing_to_a_secretariat_an_admin_or_another_officer(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    await bridge.change(SUPERVISOR, desk="cn-secretariat")
    for who in (SUPERVISOR, ADMIN, *OUTSIDERS):
        answer = await opened(bridge, who, reference)
        assert "28.68" not in answer
        assert "No such case" in answer
    read = [entry.actor for entry in await bridge.acts(await bridge.case(reference)) if entry.act == "secure_read"]
    assert read == []


async def test_whom_of_a_side_nothing_reaches_the_plan_tells_that_side_only(bridge: Stronghold) -> None:
    case = await bridge.report_case()
    await bridge.change(DUTY, unreachable=frozenset({Address.parse(DUTY)}))
    told = {}
    for who in (SUPERVISOR, OFFICER, CLERK):
        bridge.forget()
        await bridge.says(who, f"/plan {case.reference}")
        told[who] = "blocked or left us" in bridge.expect(who, "ping 1").text
    assert told == {SUPERVISOR: True, OFFICER: False, CLERK: False}
