"""Support desks: what they must never learn, by every command and every page, and who must never read them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.web.cases import case_history, case_view
from bot.domain.case import Answer, Case
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.domain.referral import Ground, Referral, ReferralState
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.domain.typed_commands import ABOUT_CASE
from tests.journeys.supported import (
    CLERK,
    DUTY,
    OFFICER,
    OWN_GROUP,
    OWN_SUPERVISOR,
    SHELTER,
    SUPPORT_DESKS,
    SUSPECT_WORDS,
    referable,
    supported,
)
from tests.kit.clock import START
from tests.kit.played import PlayedBridge
from tests.kit.site import DUTY_CN, DUTY_KH, REFERENCE, Bridge, keep, open_bridge, person, sample_case
from tests.kit.site import OFFICER as REPORTER
from tests.security.ways_in import COMMANDS, ROUTES, For

NOBODYS = "KC26-7H4QM-4"
THEIRS = (DUTY, "wechat:night", "wecom:supervisor", "wecom:detective", "wecom:police-group", "wecom:secretariat")
#: In words of both sides that no support desk reads.
WORDS = ("ZZOWN", "ZZTHEIRS", "Sok Dara", "Kim Ly", "Li Wei", "Beijing", "CN Duty", "Fears")
AT_SHELTER = person(22, "Chen Hua", "CN", Role.DUTY, "cn-support")


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    async with supported(tmp_path) as played:
        yield played


async def told_of(bridge: PlayedBridge) -> Case:
    """A case about which both sides wrote, referred to the shelter of one of them."""
    case = await referable(bridge)
    for who, words in ((OFFICER, "ZZOWN the broker"), (DUTY, "ZZTHEIRS a van"), (CLERK, "ZZOWN locked in")):
        await bridge.says(who, f"/note {case.reference} {words}")
    await bridge.says(CLERK, f"/memo {case.reference} ZZOWN he has a scar")
    await bridge.says(DUTY, f"/operation {case.reference} when tomorrow 05:00")
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter yes")
    return await bridge.case(case)


def leaks(texts: list[str]) -> list[str]:
    return [word for word in (*SUSPECT_WORDS, *WORDS) for text in texts if word in text]


async def test_no_command_shows_a_support_desk_suspects_or_the_other_side(bridge: PlayedBridge) -> None:
    case = await told_of(bridge)
    for typed in COMMANDS.values():
        if "{ref}" in typed and not typed.startswith(("/lost", "/alert", "/drill", "urgent")):
            await bridge.says(SHELTER, typed.format(ref=case.reference))
    await bridge.says(DUTY, f"/note {case.reference} ZZTHEIRS they drove off")
    await bridge.says(CLERK, f"/close {case.reference} rescued ZZOWN all is well")
    heard = [shown.text for shown in bridge.phones.at(SHELTER)]
    assert len(heard) > 40
    assert leaks(heard) == []


@pytest.mark.parametrize("who", SUPPORT_DESKS)
async def test_no_command_tells_a_support_desk_whether_a_case_exists(bridge: PlayedBridge, who: str) -> None:
    case = await referable(bridge)
    for name in sorted(ABOUT_CASE & COMMANDS.keys()):
        heard = []
        for reference in (case.reference, NOBODYS):
            bridge.forget()
            await bridge.says(who, COMMANDS[name].format(ref=reference))
            heard.append(bridge.heard(who))
            await bridge.fast_forward(minutes=16)
        assert heard[0] == heard[1], name


async def test_somebody_who_was_given_a_case_before_reads_nothing_of_it_at_a_support_desk(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(CLERK, f"/liaison {case.reference} Vanna")
    await bridge.change("telegram:colleague", role=Role.DUTY, desk="kh-shelter")
    bridge.forget()
    await bridge.says(DUTY, f"/note {case.reference} ZZTHEIRS a van")
    await bridge.says("telegram:colleague", f"/case {case.reference}")
    await bridge.fast_forward(hours=9)
    assert bridge.heard("telegram:colleague") == ["No such case."]


async def test_words_of_a_support_desk_reach_nobody_of_the_other_side(bridge: PlayedBridge) -> None:
    case = await told_of(bridge)
    bridge.forget()
    await bridge.says(SHELTER, f"/note {case.reference} ZZSHELTER one")
    await bridge.says(SHELTER, "ZZSHELTER two")
    await bridge.says(SHELTER, f"/accept {case.reference} ZZSHELTER three")
    await bridge.says(SHELTER, f"/return {case.reference} ZZSHELTER four")
    told = " ".join(bridge.heard(OWN_GROUP))
    assert all(f"ZZSHELTER {number}" in told for number in ("one", "two", "three", "four"))
    assert "ZZSHELTER" not in str([bridge.heard(who) for who in THEIRS])


async def test_no_act_of_anybody_refers_to_a_desk_of_a_state_that_is_feared(bridge: PlayedBridge) -> None:
    case = await referable(bridge, "fears: yes")
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference} allowed she agreed")
    for who in (CLERK, OWN_SUPERVISOR, OFFICER, DUTY):
        for words in ("kh-shelter yes", "kh-shelter", "1 yes", "Shelter yes"):
            await bridge.says(who, f"/refer {case.reference} {words}")
    bridge.expect_nothing(SHELTER)


async def test_the_other_side_is_not_shown_that_anybody_was_told_of_a_referral(bridge: PlayedBridge) -> None:
    case = await told_of(bridge)
    await bridge.says(SHELTER, f"/note {case.reference} ZZSHELTER one")
    directory = await bridge.storage.directory()
    reader = case_view.Reader(await bridge.person(DUTY), bridge.rules.agreement, directory, bridge.now)
    page = case_history.page(case, await bridge.storage.history(case.id), reader)
    told = [row.head for row in page["deliveries"]]  # type: ignore[attr-defined]  # rows
    meant = await bridge.person(SHELTER)
    assert not [head for head in told if reader.name(meant.id) in head and "KH duty" in head]
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "KH duty: alert" not in bridge.phones.newest_saying(DUTY, case.reference).text


# The pages.


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as site:
        await site.storage.apply([Turn(people=(AT_SHELTER,))])
        yield site


async def kept(site: Bridge) -> None:
    """A case that says much about suspects in its answers and its secure case, referred to the shelter."""
    case = sample_case()
    more = {
        "citizenship": ("KH",), "fears_own_authorities": "no", "exploitation": ("ForcedMarriage",),
        "assistance": ("safe_shelter", "joint_operation"), "summary": Guarded("a broker with a van"),
        "area": Guarded("Nanchang, Jiangxi"),
    }  # fmt: skip
    answers = {
        name: Answer(70_100 + number, case.id, name, value, START, REPORTER.id)  # type: ignore[arg-type]
        for number, (name, value) in enumerate(more.items())
    }
    asked = Referral(7001, case.id, "cn-support", "CN", ReferralState.SENT, DUTY_CN.id, START, Ground.CONSENT, (1,))
    await keep(site, replace(case, answers={**case.answers, **answers}, referrals=(asked,)))
    words = {each: Guarded(f'{{"text": "ZZ{each.name} of a broker"}}') for each in SecureField}
    words[SecureField.HEALTH] = Guarded('{"text": "insulin"}')
    words[SecureField.LANGUAGE] = Guarded('{"code": "khm"}')
    entries = tuple(
        SecureEntry(7100 + number, case.id, each, said, START, DUTY_KH.id, "KH")
        for number, (each, said) in enumerate(words.items())
    )
    await site.storage.apply([Turn(secure=entries)])


async def test_no_page_shows_a_support_desk_suspects_or_the_other_side(site: Bridge) -> None:
    await kept(site)
    client = await site.signed_in(AT_SHELTER)
    read = (await client.get(f"/cases/{REFERENCE}")).text
    assert "insulin" in read
    assert "Nanchang" in read
    for (method, _), way in ROUTES.items():
        if method != "GET" or way.serves is For.MACHINES or "signin" in way.example or "static" in way.example:
            continue
        text = (await client.get(way.at(REFERENCE))).text
        assert not [word for word in ("broker", "ZZ", "Forced", "Locked", "Joint", "Phnom", "Li Wei") if word in text]
    for word in ("a broker", "+85510000777", REFERENCE):
        found = await client.post("/cases", data={"csrf": "x", "kind": "reference", "wanted": word})
        assert REFERENCE not in found.text


async def test_a_support_desk_acts_on_nothing_but_its_referral(site: Bridge) -> None:
    await kept(site)
    client = await site.signed_in(AT_SHELTER)
    page = (await client.get(f"/cases/{REFERENCE}")).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    for act in ("close", "assign", "handoff", "memo", "liaison", "operation", "refer", "case"):
        form = {"csrf": csrf, "once": f"1.{act}", "act": act, "words": "", "code": "rescued", "text": "x"}
        assert (await client.post(f"/cases/{REFERENCE}", data=form)).status_code == 422
    assert site.core.received == []


async def test_another_support_desk_has_no_page_of_it(site: Bridge) -> None:
    await kept(site)
    other = person(23, "Meas Rath", "KH", Role.DUTY, "cn-support")
    await site.storage.apply([Turn(people=(other,))])
    client = await site.signed_in(other)
    answer = await client.get(f"/cases/{REFERENCE}")
    assert answer.status_code == 404
    assert "insulin" not in answer.text
