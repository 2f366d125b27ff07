"""By what a case is known again, who is asked, and who hears nothing of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.acts.secure_visit import EntryAdded, SecureVisit
from bot.domain.case import Case
from bot.domain.guarded import Guarded
from bot.domain.messages import Address
from bot.domain.people import Role
from bot.domain.secure_entry import SecureField
from bot.line.message_work import PageAct
from bot.protection.secure_access import Purpose
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody

OFFICER, COLLEAGUE, CLERK, GROUP, DUTY = (
    "telegram:officer", "telegram:colleague", "telegram:clerk", "telegram:kh-group", "wechat:duty",
)  # fmt: skip
DOOR = "a woman is kept behind a blue door"
PHONE = json.dumps({"phone": "+85510000000"})
#: Citizens of the reporting side who fear nobody: the border opens.
CLEARED = "citizenship: {citizenship}\nfears: no"
EVERYWHERE = (OFFICER, COLLEAGUE, CLERK, GROUP, DUTY, "wechat:night", "telegram:kh-supervisor", "wecom:supervisor",
              "telegram:vn-group", "telegram:vn-clerk", "telegram:vn-officer")  # fmt: skip


async def adds(bridge: PlayedBridge, who: str, case: Case, field: SecureField, words: str) -> None:
    """Somebody enters something on the secure case's page."""
    visit = SecureVisit(case.id, Purpose.CORRECT, adds=EntryAdded(field, Guarded(words), 1, f"form{bridge._new_id()}"))
    person = await bridge.person(who)
    await bridge.orders(PageAct(visit.act, person.id, Address("web", str(person.id)), (case.id,)))
    assert visit.is_open
    await bridge.tick()


async def two_cases(bridge: PlayedBridge, *, other: str = COLLEAGUE, hours: float = 2) -> tuple[Case, Case]:
    one = await bridge.report_case()
    await bridge.fast_forward(hours=hours)
    two = await bridge.report_case("[No]", "[Locked in or held]", "25", from_=other, text=DOOR)
    await bridge.tick()
    bridge.expect_nothing(*EVERYWHERE, containing="May be the same")
    bridge.forget()
    return await bridge.case(one), await bridge.case(two)


@pytest.mark.parametrize(
    ("field", "one", "other", "why"),
    [
        (SecureField.PHONE, PHONE, PHONE, "same phone number"),
        (SecureField.TRAVEL_DOCUMENT, '{"number": "N01234567"}', '{"number": "n 0123-4567"}', "same travel document"),
        (SecureField.PHONE, '{"app": "WeChat: lan_88"}', '{"app": "微信号 lan_88"}', "same name in an app"),
        (SecureField.EXACT_LOCATION, "28.683123, 115.857456", "28.6832, 115.8575", "same exact place"),
        (
            SecureField.NAMES,
            '{"family": "NGUYEN", "given": "Thi Hoa"}',
            '{"native": "Nguyễn Thị Hoa"}',
            "names that are alike",
        ),
        (SecureField.NAMES, '{"family": "CHEUNG", "given": "Lai Wah"}', '{"native": "张丽华"}', "names that are alike"),
    ],
)
async def test_an_identifier_that_stands_in_both_secure_cases_is_asked_about(
    bridge: PlayedBridge, field: SecureField, one: str, other: str, why: str
) -> None:
    older, younger = await two_cases(bridge)
    await adds(bridge, CLERK, older, field, one)
    bridge.expect_nothing(*EVERYWHERE)
    await adds(bridge, CLERK, younger, field, other)
    asked = bridge.expect(GROUP, younger.reference, f"May be the same as {older.reference}: {why}.")
    assert labels(asked)[:3] == ["Same", "Related", "Different"]
    assert not [word for word in ("10000000", "0123", "lan", "28.6", "Hoa", "Lai") if word in asked.text]
    bridge.expect_nothing(*(who for who in EVERYWHERE if who != GROUP))


async def test_names_that_were_compared_are_journalled_as_a_search(bridge: PlayedBridge) -> None:
    older, younger = await two_cases(bridge)
    await adds(bridge, CLERK, older, SecureField.NAMES, '{"family": "SOK", "given": "Chenda"}')
    await adds(bridge, CLERK, younger, SecureField.NAMES, '{"family": "SOK", "given": "Chanda"}')
    (search,) = [entry for entry in await bridge.acts(younger) if entry.act == "secure_search"]
    assert search.told == {"kind": "name", "compared": 1, "hits": 1}
    assert "Chanda" not in str([entry.details for entry in await bridge.acts(younger)])


async def test_an_officers_words_again_within_the_hour_are_asked_about(bridge: PlayedBridge) -> None:
    one = await bridge.report_case("[No]", "[Locked in or held]", "16", "send", "send")
    two = await bridge.report_case(text="/alert somebody screams for help in a flat, again")
    await bridge.tick()
    bridge.expect(
        GROUP, two.reference, f"May be the same as {one.reference}: the same officer's words within the hour."
    )


async def test_a_phone_is_known_again_for_a_year_after_the_closure_and_same_opens_the_case_again(
    bridge: PlayedBridge,
) -> None:
    older = await bridge.report_case()
    await adds(bridge, CLERK, older, SecureField.PHONE, PHONE)
    await bridge.says(DUTY, f"/close {older.reference} no_further_information nothing found")
    bridge.now += timedelta(days=300)
    await bridge.change(CLERK, confirmed_at=bridge.now)
    await bridge.tick()
    younger = await bridge.report_case("[No]", "[Locked in or held]", "25", from_=COLLEAGUE, text=DOOR)
    await adds(bridge, CLERK, younger, SecureField.PHONE, PHONE)
    bridge.expect(GROUP, younger.reference, f"May be the same as {older.reference}", f"{older.reference} is closed")
    await bridge.taps(CLERK, "Same", at=GROUP)
    again, joined = await bridge.case(older), await bridge.case(younger)
    assert (again.is_open, joined.joined_to) == (True, older.id)
    assert again.is_watched
    for kind in ("acknowledge", "police"):
        dues = {c.reference: [d.due_at for d in c.deadlines if d.kind == kind][-1] for c in (again, joined)}
        assert dues[again.reference] <= dues[joined.reference]


async def test_a_year_after_the_closure_it_is_not_known_any_more(bridge: PlayedBridge) -> None:
    older = await bridge.report_case()
    await adds(bridge, CLERK, older, SecureField.PHONE, PHONE)
    await bridge.says(DUTY, f"/close {older.reference} no_further_information nothing found")
    bridge.now += timedelta(days=370)
    await bridge.tick()
    bridge.forget()
    younger = await bridge.report_case("[No]", "[Locked in or held]", "25", from_=COLLEAGUE, text=DOOR)
    await adds(bridge, CLERK, younger, SecureField.PHONE, PHONE)
    bridge.expect_nothing(*EVERYWHERE, containing="May be the same")


async def test_told_apart_they_are_asked_about_again_only_for_a_stronger_reason(bridge: PlayedBridge) -> None:
    older, younger = await two_cases(bridge)
    for case in (older, younger):
        await adds(bridge, CLERK, case, SecureField.NAMES, '{"family": "SOK", "given": "Chenda"}')
    await bridge.taps(CLERK, "Different", at=GROUP)
    bridge.expect(GROUP, f"{younger.reference} and {older.reference} are two cases.")
    bridge.forget()
    await adds(bridge, CLERK, younger, SecureField.NAMES, '{"family": "SOK", "given": "Chanda"}')
    bridge.expect_nothing(*EVERYWHERE)
    for case in (older, younger):
        await adds(bridge, CLERK, case, SecureField.PHONE, PHONE)
    bridge.expect(GROUP, f"May be the same as {older.reference}: same phone number")


async def test_the_requested_side_hears_nothing_of_what_it_may_not_read(bridge: PlayedBridge) -> None:
    """Of one case it reads the secure case, of the other one it does not."""
    older, younger = await two_cases(bridge)
    await bridge.says(OFFICER, CLEARED.format(citizenship="Cambodia"))
    assert (await bridge.case(older)).border_is_open
    bridge.forget()
    await adds(bridge, CLERK, younger, SecureField.PHONE, PHONE)
    await adds(bridge, CLERK, older, SecureField.PHONE, PHONE)
    bridge.expect(GROUP, "May be the same")
    bridge.expect_nothing(DUTY, "wechat:night", "wecom:supervisor")
    await bridge.says(DUTY, f"/same {younger.reference} {older.reference}")
    bridge.expect(DUTY, "Only a duty desk that reads all of")
    await bridge.says(DUTY, f"/case {older.reference}")
    assert younger.reference not in "".join(bridge.heard(DUTY))
    assert (await bridge.case(younger)).is_open


async def vn_case(bridge: PlayedBridge, *, citizenship: str = "Viet Nam") -> Case:
    """VN reports to CN, in another corridor than KH does."""
    case = await bridge.report_case("[No]", "[Locked in or held]", "25", CLEARED.format(citizenship=citizenship),
                                    from_="telegram:vn-officer", text="a woman was taken over the border")  # fmt: skip
    return await bridge.case(case)


async def test_across_corridors_the_supervisor_who_may_see_both_is_asked_and_the_desk_hears_only_that(
    bridge: PlayedBridge,
) -> None:
    one = await bridge.report_case("[No]", "[Locked in or held]", "25", CLEARED.format(citizenship="Cambodia"))
    await adds(bridge, CLERK, one, SecureField.PHONE, PHONE)
    two = await vn_case(bridge)
    bridge.forget()
    await adds(bridge, "telegram:vn-clerk", two, SecureField.PHONE, PHONE)
    asked = bridge.expect("wecom:supervisor", two.reference, f"May be the same as {one.reference}: same phone number")
    assert labels(asked)[:2] == ["Related", "Different"], "between other sides they cannot be one"
    assert bridge.heard(DUTY) == [f"U2 urgent · {two.reference}\nA supervisor was asked."]
    bridge.expect_nothing(*(who for who in EVERYWHERE if who not in ("wecom:supervisor", DUTY)))
    await bridge.says(DUTY, f"/related {two.reference} {one.reference}")
    bridge.expect(DUTY, "only a supervisor")
    await bridge.says("wecom:supervisor", f"/same {two.reference} {one.reference}")
    bridge.expect("wecom:supervisor", "cannot be one case")
    await bridge.taps("wecom:supervisor", "Related")
    bridge.expect("wecom:supervisor", f"{two.reference} and {one.reference} are linked.")
    bridge.forget()
    await bridge.says("wecom:supervisor", f"/case {one.reference}")
    bridge.expect("wecom:supervisor", f"Related: {two.reference}")
    for who in (DUTY, CLERK, OFFICER):
        await bridge.says(who, f"/case {one.reference}")
        assert two.reference not in "".join(bridge.heard(who)), who


async def test_across_a_border_that_is_closed_nobody_is_told_anything(bridge: PlayedBridge) -> None:
    one = await bridge.report_case("[No]", "[Locked in or held]", "25", "citizenship: China\nfears: yes")
    await adds(bridge, CLERK, one, SecureField.PHONE, PHONE)
    two = await vn_case(bridge)
    bridge.forget()
    await adds(bridge, "telegram:vn-clerk", two, SecureField.PHONE, PHONE)
    bridge.expect_nothing(*EVERYWHERE)
    assert "matched" not in [entry.act for case in (one, two) for entry in await bridge.acts(case)]


async def test_a_border_that_opens_later_lets_the_desk_be_asked(bridge: PlayedBridge) -> None:
    one = await bridge.report_case("[No]", "[Locked in or held]", "25", CLEARED.format(citizenship="Cambodia"))
    await adds(bridge, CLERK, one, SecureField.PHONE, PHONE)
    two = await bridge.report_case(
        "[No]", "[Locked in or held]", "25", from_="telegram:vn-officer", text="a woman was taken"
    )
    await adds(bridge, "telegram:vn-clerk", two, SecureField.PHONE, PHONE)
    bridge.forget()
    await bridge.says("telegram:vn-officer", CLEARED.format(citizenship="Viet Nam"))
    await bridge.tick()
    bridge.expect("wecom:supervisor", two.reference, f"May be the same as {one.reference}")


async def test_a_case_whose_gate_is_closed_is_not_joined_to_one_whose_gate_is_open(bridge: PlayedBridge) -> None:
    older, younger = await two_cases(bridge)
    await bridge.says(COLLEAGUE, "citizenship: China\nfears: yes")
    for case in (older, younger):
        await adds(bridge, CLERK, case, SecureField.PHONE, PHONE)
    asked = bridge.expect(GROUP, "May be the same")
    assert "Same" not in labels(asked)
    await bridge.says(CLERK, f"/same {younger.reference} {older.reference}")
    bridge.expect(CLERK, "Something is kept from a side")
    assert (await bridge.case(younger)).is_open


async def test_nobody_is_asked_before_the_desks_were_told_of_both(bridge: PlayedBridge) -> None:
    older = await bridge.report_case()
    await adds(bridge, CLERK, older, SecureField.PHONE, PHONE)
    await bridge.says(COLLEAGUE, "somebody is held, call +855 10 000 000")
    await bridge.tick()
    bridge.expect_nothing(GROUP, containing="May be the same")
    await bridge.fast_forward(minutes=3)
    bridge.expect(GROUP, "May be the same", "same phone number")


async def test_after_a_restart_what_was_not_compared_is(bridge: PlayedBridge) -> None:
    older, younger = await two_cases(bridge)
    await adds(bridge, CLERK, older, SecureField.PHONE, PHONE)
    visit = SecureVisit(younger.id, Purpose.CORRECT, adds=EntryAdded(SecureField.PHONE, Guarded(PHONE), 1, "form"))
    person = await bridge.person(CLERK)
    await bridge.orders(PageAct(visit.act, person.id, Address("web", "1"), (younger.id,)))
    await bridge.restart()
    bridge.expect(GROUP, "May be the same", "same phone number")


async def test_whoever_has_no_desk_asks_nobody_else(bridge: PlayedBridge) -> None:
    """A third side's supervisor hears nothing of two cases of others."""
    await bridge.enrol(Somebody("Le Thi Hoa", "VN", Role.SUPERVISOR, ("telegram:vn-supervisor",), "vn-duty"))
    older, younger = await two_cases(bridge)
    for case in (older, younger):
        await adds(bridge, CLERK, case, SecureField.PHONE, PHONE)
    bridge.expect_nothing("telegram:vn-supervisor", "telegram:vn-clerk", "telegram:vn-group")
