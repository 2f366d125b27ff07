"""Stolen button data: another person's, another party's, or an older button, pasted by somebody else anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.case_acts import Act
from tests.security.story import mark, whole_story
from tests.security.stronghold import CLERK, DUTY, KH_SUPERVISOR, OFFICER, OUTSIDERS, STRANGER, Stronghold

#: Taps that are about whoever taps: they cut off or greet the tapping person and say nothing of anybody else.
_ABOUT_ONESELF = ("c.lost", "c.heard", "c.new")


def all_data(bridge: Stronghold) -> list[str]:
    """The data of every button that anybody was ever shown."""
    shown = (button.data for message in bridge.everything_heard() for row in message.buttons for button in row)
    return [data for data in dict.fromkeys(shown) if not data.startswith(_ABOUT_ONESELF)]


def forged(case: Case) -> Iterator[str]:
    """Data that nobody was shown, made from what is known of its form."""
    number = button_data.to_base36(case.id)
    for act in ("case", "plan", "secure", *Act):
        for stage in (0, case.stage, case.stage + 1):
            yield f"a.{number}.{button_data.to_base36(stage)}.{act}.me"
    for field, choice in (("danger_now", "yes"), ("consent_police", "yes"), ("area", "back"), ("area", "skip")):
        yield f"f.{number}.{field}.{choice}"
    for word in ("which", "send", "side.CN", "side.VN", "yes", "no"):
        yield f"c.{word}.{number}"


async def pastes(bridge: Stronghold, who: str, data: str, *, at: str = "") -> list[str]:
    """Somebody sends button data that they were never shown; what is said where they did."""
    bridge.forget()
    await bridge._phone(who).taps_data(who, data, "m1", at=at)
    await bridge._settled()
    return bridge.heard(at or who)


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_buttons_of_another_side_or_person_do_nothing_and_tell_nothing(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    before = await bridge.case(reference)
    data = [*all_data(bridge), *forged(before)]
    assert len(data) > 80
    group = "wecom:police-group" if who.startswith("wecom") else "telegram:kh-group"
    for each in data:
        for place in ("", group):
            heard = await pastes(bridge, who, each, at=place)
            assert not [text for text in heard if reference in text or "§" in text], each
    assert await bridge.case(reference) == before


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_buttons_pasted_into_a_page_do_nothing_either(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    before = await bridge.case(reference)
    for data in forged(before):
        bridge.lets_guesses_lapse()
        client = await bridge.signed_in(who)
        answer = await bridge.posts(client, "/chat", button=data, label="x", message="m1")
        assert answer.status_code == 303
        assert (await bridge.posts(client, f"/cases/{reference}", "/chat", button=data)).status_code == 404
    page = (await client.get("/chat")).text
    assert reference not in page
    assert "§" not in page
    assert await bridge.case(reference) == before


@pytest.mark.parametrize("who", [who for who in OUTSIDERS if who.startswith("telegram")])
async def test_buttons_do_nothing_in_the_same_moment_as_somebody_who_may_press_them(
    bridge: Stronghold, who: str
) -> None:
    reference = await whole_story(bridge, mark)
    before = await bridge.case(reference)
    phone = bridge._phone(who)
    for each in [data for data in (*all_data(bridge), *forged(before)) if data.startswith("a.")]:
        bridge.forget()
        await asyncio.gather(phone.says(CLERK, f"/case {reference}"), phone.taps_data(who, each, "m1"))
        await bridge._settled()
        assert not [text for text in bridge.heard(who) if reference in text or "§" in text], each
    assert await bridge.case(reference) == before


async def test_a_reporting_officer_cannot_press_the_buttons_of_a_desk(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "16")
    before = await bridge.case(reference)
    for act in (
        "ack", "handoff.police", "close.error", "standdown", "urgency.U4", "assign.me", "notneeded",
        "protect.none_known", "guardian.x", "interest.x", "vital.x", "decide.allowed", "alternative.x",
        "hold", "unhold", "release.1", "same.1", "related.1", "different.1",
    ):  # fmt: skip
        await pastes(
            bridge, OFFICER, f"a.{button_data.to_base36(before.id)}.{button_data.to_base36(before.stage)}.{act}"
        )
    after = await bridge.case(reference)
    kept = (before.status, before.urgency, before.handoffs, before.assignees, before.acknowledged_at)
    assert (after.status, after.urgency, after.handoffs, after.assignees, after.acknowledged_at) == kept


@pytest.mark.parametrize(
    ("who", "fields"),
    [
        (DUTY, ("danger_now", "situation", "citizenship", "consent_police", "fears_own_authorities")),
        (CLERK, ("danger_now", "situation", "citizenship")),
    ],
)
async def test_a_desk_cannot_press_the_buttons_of_the_officers_questions(
    bridge: Stronghold, who: str, fields: tuple[str, ...]
) -> None:
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "16")
    before = await bridge.case(reference)
    for field in fields:
        for choice in ("yes", "unknown", "back", "skip"):
            data = f"f.{button_data.to_base36(before.id)}.{field}.{choice}"
            assert await pastes(bridge, who, data) == ["No such case."], data
    assert (await bridge.case(reference)).answers == before.answers


async def test_a_button_of_an_earlier_moment_changes_nothing(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "16", "fears: no", "send", "send")
    await bridge.says(CLERK, f"/interest {reference} she is held")
    await bridge.taps(DUTY, "Acknowledge")
    shown = bridge.phones.newest_with(DUTY, "Close")
    await bridge.says(DUTY, f"/close {reference} found_safe she is home")
    await bridge.says(CLERK, f"/reopen {reference} she is not")
    before = await bridge.case(reference)
    for label in ("Assign to me", "Hand to police", "Close"):
        (said, *_) = await pastes(bridge, DUTY, shown.data(label))
        assert "has moved on since this button was shown" in said, label
    after = await bridge.case(reference)
    assert (after.status, after.assignees, after.handoffs) == (before.status, before.assignees, before.handoffs)


async def test_after_being_cut_off_no_button_works_any_more(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "16")
    await bridge.change(DUTY, revoked_at=bridge.now)
    before = await bridge.case(reference)
    for data in [*all_data(bridge), *forged(before)]:
        heard = await pastes(bridge, DUTY, data)
        assert not [text for text in heard if reference in text]
    assert await bridge.case(reference) == before


async def test_buttons_tapped_in_a_group_by_somebody_who_is_not_enrolled_do_nothing(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    before = await bridge.case(reference)
    for data in all_data(bridge):
        heard = await pastes(bridge, STRANGER, data, at="telegram:kh-group")
        assert not [text for text in heard if reference in text or "§" in text]
    assert await bridge.case(reference) == before


async def test_a_lost_phones_button_cuts_off_only_whoever_taps_it(bridge: Stronghold) -> None:
    await bridge.says(OFFICER, "/lost")
    data = bridge.phones.newest_with(OFFICER, "Yes, cut it off").data("Yes, cut it off")
    await pastes(bridge, "telegram:vn-clerk", data)
    assert (await bridge.person(OFFICER)).is_active
    assert not (await bridge.person("telegram:vn-clerk")).is_active


async def test_nobody_cuts_off_a_person_of_another_side(bridge: Stronghold) -> None:
    officer = await bridge.person(OFFICER)
    for who in ("telegram:vn-clerk", DUTY, "telegram:colleague"):
        await bridge.says(who, f"/lost {officer.id}")
        await pastes(bridge, who, f"c.lost.{officer.id}")
        assert (await bridge.person(OFFICER)).is_active
    await bridge.says(KH_SUPERVISOR, f"/lost {officer.id}")
    assert not (await bridge.person(OFFICER)).is_active
