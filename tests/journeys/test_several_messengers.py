"""One person on several messengers: a code from the first binds the second, and nobody else gets in that way."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from bot.domain.errors import Unavailable
from bot.domain.messages import Address
from bot.domain.people import Role
from bot.domain.turn import InboxRow
from bot.line.message_work import PageAct
from bot.people.address_binding import signed_in
from tests.kit.played import PlayedBridge
from tests.kit.world import WINDOWED, Somebody

OFFICER = "telegram:officer"
PHONE = "wechat:officers-phone"
COLLEAGUE = "telegram:colleague"
_LINK = re.compile(r"https://bridge\.example(/signin/\S+)")
_CODE = re.compile(r"/start ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})")


async def code_of(bridge: PlayedBridge, who: str = OFFICER) -> str:
    """Ask for a code; it comes in private."""
    await bridge.says(who, "/bind")
    found = _CODE.search(bridge.expect(who, "On your other messenger", "10 minutes").text)
    assert found
    return found[1]


async def bound(bridge: PlayedBridge, phone: str = PHONE, who: str = OFFICER) -> None:
    await bridge.says(phone, f"/start {await code_of(bridge, who)}")
    bridge.forget()


async def addresses(bridge: PlayedBridge, who: str = OFFICER) -> list[str]:
    return [str(address) for address in (await bridge.person(who)).addresses]


def kept_of(bridge: PlayedBridge, who: str) -> list[InboxRow]:
    return [row for row in bridge.inbox() if row.message.sender == Address.parse(who)]


async def test_a_code_from_one_messenger_binds_another_and_both_hear_of_it(bridge: PlayedBridge) -> None:
    code = await code_of(bridge)
    await bridge.says(PHONE, f"/start {code.lower()}")
    assert await addresses(bridge) == [OFFICER, PHONE]
    bridge.expect(OFFICER, "A further messenger was bound: WeChat", "If that was not you: /lost")
    bridge.expect(PHONE, "A further messenger was bound: WeChat", "/lost", "on Telegram first")
    await bridge.says(PHONE, "somebody screams for help")
    assert (await bridge.only_case()).officer == (await bridge.person(OFFICER)).id


async def test_the_word_alone_works_too(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "Bind")
    bridge.expect(OFFICER, "On your other messenger type to the bridge: /start")


async def test_a_code_binds_once(bridge: PlayedBridge) -> None:
    code = await code_of(bridge)
    await bridge.says(PHONE, f"/start {code}")
    await bridge.says("wechat:somebody-else", f"/start {code}")
    bridge.expect("wechat:somebody-else", "This code is not valid")
    assert await addresses(bridge) == [OFFICER, PHONE]


async def test_a_code_is_worth_nothing_after_ten_minutes(bridge: PlayedBridge) -> None:
    code = await code_of(bridge)
    bridge.now += timedelta(minutes=10)
    await bridge.says(PHONE, f"/start {code}")
    bridge.expect(PHONE, "This code is not valid: it is wrong, used or expired.")
    assert await addresses(bridge) == [OFFICER]


async def test_a_new_code_ends_the_one_before(bridge: PlayedBridge) -> None:
    first, second = await code_of(bridge), await code_of(bridge)
    await bridge.says(PHONE, f"/start {first}")
    bridge.expect(PHONE, "This code is not valid")
    await bridge.says(PHONE, f"/start {second}")
    assert await addresses(bridge) == [OFFICER, PHONE]


async def test_whoever_holds_the_code_of_somebody_cut_off_gets_nowhere(bridge: PlayedBridge) -> None:
    code, person = await code_of(bridge), await bridge.person(OFFICER)
    await bridge.says(OFFICER, "/lost yes")
    await bridge.says(PHONE, f"/start {code}")
    bridge.expect(PHONE, "This code is not valid")
    assert (await bridge.storage.directory()).at(Address.parse(PHONE)) is None
    assert (await bridge.person(OFFICER)).id == person.id


async def test_a_code_outlived_by_its_person_behind_the_bridges_back_binds_nothing(bridge: PlayedBridge) -> None:
    code = await code_of(bridge)
    await bridge.change(OFFICER, revoked_at=bridge.now)
    await bridge.says(PHONE, f"/start {code}")
    bridge.expect(PHONE, "This code is not valid")
    assert (await bridge.storage.directory()).at(Address.parse(PHONE)) is None


async def test_somebody_enrolled_does_not_become_somebody_else_by_their_code(bridge: PlayedBridge) -> None:
    code, colleague = await code_of(bridge), await bridge.person(COLLEAGUE)
    await bridge.says(COLLEAGUE, f"/start {code}")
    real = bridge.expect(COLLEAGUE, "This code was not used: here you are enrolled already.").text
    await bridge.says(COLLEAGUE, "/start 0000-0000-0000")
    assert bridge.expect(COLLEAGUE, "This code was not used").text == real, "no oracle for codes"
    assert await bridge.person(COLLEAGUE) == colleague
    assert not any(code in row.message.text for row in kept_of(bridge, COLLEAGUE))
    await bridge.says(PHONE, f"/start {code}")
    assert await addresses(bridge) == [OFFICER, PHONE]


async def test_an_own_code_typed_where_it_was_given_is_not_used_up(bridge: PlayedBridge) -> None:
    code = await code_of(bridge)
    await bridge.says(OFFICER, f"/start {code}")
    bridge.expect(OFFICER, "to be typed on your other messenger")
    await bridge.says(PHONE, f"/start {code}")
    assert await addresses(bridge) == [OFFICER, PHONE]


async def test_a_phone_that_was_cut_off_can_be_bound_by_a_new_owner(bridge: PlayedBridge) -> None:
    await bridge.says(COLLEAGUE, "/lost yes")
    await bridge.says(COLLEAGUE, f"/start {await code_of(bridge)}")
    assert await addresses(bridge) == [OFFICER, COLLEAGUE]
    assert (await bridge.person(COLLEAGUE)).id == (await bridge.person(OFFICER)).id


async def test_no_code_is_given_in_a_group(bridge: PlayedBridge) -> None:
    for typed in ("/bind", "/bind web", "/addresses", "/prefer telegram", "/unbind telegram"):
        await bridge.says("telegram:clerk", typed, at="telegram:kh-group")
        bridge.expect("telegram:kh-group", "in a private chat; a group is read by many")
    bridge.expect_nothing("telegram:clerk", "telegram:kh-group")


async def test_a_code_typed_in_a_group_binds_and_the_group_learns_no_more(bridge: PlayedBridge) -> None:
    await bridge.says(PHONE.replace("wechat", "wecom"), f"/start {await code_of(bridge)}", at="wecom:secretariat")
    assert await addresses(bridge) == [OFFICER, "wecom:officers-phone"]
    bridge.expect_nothing("wecom:secretariat")
    bridge.expect("wecom:officers-phone", "A further messenger was bound: WeCom")


async def test_whoever_lapsed_gets_no_code(bridge: PlayedBridge) -> None:
    await bridge.change(OFFICER, confirmed_at=bridge.now - timedelta(days=91))
    await bridge.says(OFFICER, "/bind")
    bridge.expect(OFFICER, "This waits, and nothing was changed", "After that type again: /bind")
    assert not bridge.storage.kept.invites


async def test_a_code_is_in_no_journal_and_no_invite_in_the_clear(bridge: PlayedBridge) -> None:
    code = await code_of(bridge)
    await bridge.says(PHONE, f"/start {code}")
    acts = {link.entry.act: link.entry for link in bridge.storage.kept.journal}
    assert {"bind_code", "bound"} <= set(acts)
    assert acts["bound"].address == PHONE
    for kept in (*acts.values(), *bridge.storage.kept.invites, *kept_of(bridge, PHONE)):
        assert code not in str(kept)
        assert code.replace("-", "") not in str(kept)


async def test_messengers_are_listed_without_saying_who_one_is_there(bridge: PlayedBridge) -> None:
    await bound(bridge)
    await bridge.says(PHONE, "/addresses")
    shown = bridge.expect(PHONE, "1. Telegram (preferred)", "2. WeChat (you write from here)").text

    assert "phone" not in shown


async def test_pings_go_to_the_preferred_messenger(bridge: PlayedBridge) -> None:
    await bound(bridge, "wecom:duty-phone", "wechat:duty")
    await bridge.says("wechat:duty", "prefer wecom")
    bridge.expect("wechat:duty", "You are written to on WeCom first from now on.")
    bridge.forget()
    case = await bridge.report_case()
    bridge.expect("wecom:duty-phone", case.reference)
    bridge.expect_nothing("wechat:duty")
    await bridge.fast_forward(minutes=20)
    bridge.expect("wecom:duty-phone", "ping 1")
    bridge.expect_nothing("wechat:duty")


async def test_a_messenger_is_chosen_by_its_number_too_and_a_wrong_word_shows_the_list(bridge: PlayedBridge) -> None:
    await bound(bridge)
    await bridge.says(OFFICER, "/prefer 2")
    assert await addresses(bridge) == [PHONE, OFFICER]
    for wrong in ("/prefer 3", "/prefer 0", "/prefer wecom", "/prefer", "/unbind"):
        await bridge.says(OFFICER, wrong)
        bridge.expect(OFFICER, "1. WeChat (preferred)", "2. Telegram (you write from here)")


async def test_a_messenger_is_unbound_from_another_and_both_hear_of_it(bridge: PlayedBridge) -> None:
    await bound(bridge)
    await bridge.says(PHONE, "/unbind wechat")
    bridge.expect(PHONE, "You write from there")
    await bridge.says(OFFICER, "/unbind wechat")
    bridge.expect(OFFICER, "WeChat is not bound to you any more. If that was not you: /lost")
    bridge.expect(PHONE, "WeChat is not bound to you any more. If that was not you: call your admin now.")
    assert await addresses(bridge) == [OFFICER]
    await bridge.says(PHONE, "somebody screams for help")
    bridge.expect(PHONE, "This line is for enrolled officers")
    assert not await bridge.cases()


async def test_what_waits_for_a_phone_that_is_given_up_reaches_neither_a_stranger_nor_its_next_owner(
    tmp_path: Path,
) -> None:
    bridge = PlayedBridge(tmp_path, messengers=WINDOWED)
    await bridge.start()
    try:
        duty = await bridge.person("wechat:duty")
        await bridge.change("wechat:duty", addresses=(*duty.addresses, Address("wecom", "duty")))
        case = await bridge.report_case()
        await bridge.says("wecom:duty", "/unbind wechat")
        bridge.expect("wecom:duty", case.reference, "Acknowledge by")
        await bridge.says("wechat:duty", "hello")
        assert not [shown for shown in bridge.phones.at("wechat:duty") if case.reference in shown.text]
        await bridge.enrol(Somebody("Pham Hoa", "VN", Role.OFFICER, ("wechat:duty",)))
        await bridge.says("wechat:duty", "cases")
        assert not [shown for shown in bridge.phones.at("wechat:duty") if case.reference in shown.text]
    finally:
        await bridge.stop()


async def test_who_prefers_the_web_chat_is_told_that_nothing_rings_there(bridge: PlayedBridge) -> None:
    person = await bridge.person(OFFICER)
    await bridge.change(OFFICER, addresses=(*person.addresses, Address("web", str(person.id))))
    await bridge.says(OFFICER, "/prefer web")
    bridge.expect(OFFICER, "You are written to on web chat first")
    bridge.expect(OFFICER, "Nothing rings there: you hear of an alert only while you look at the page.")


async def test_the_journal_repeats_nothing_that_was_typed_behind_bind(bridge: PlayedBridge) -> None:
    await bridge.change(OFFICER, confirmed_at=bridge.now - timedelta(days=91))
    await bridge.says(OFFICER, "/bind the phone of my wife")
    kept = [link.entry.told for link in bridge.storage.kept.journal if link.entry.act == "waits"]
    assert kept == [{"wanted": "/bind"}]


async def test_a_link_for_the_browser_comes_in_private_and_only_its_hash_is_kept(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/bind web")
    found = _LINK.search(bridge.expect(OFFICER, "Open this in the browser", "10 minutes").text)
    assert found
    token = found[1].removeprefix("/signin/")
    (kept,) = bridge.storage.kept.raw("sign_ins")
    assert kept["person_id"] == (await bridge.person(OFFICER)).id
    assert token not in str(kept)
    assert token not in str(bridge.storage.kept.journal)


async def test_who_types_board_gets_a_link_that_opens_it_and_a_group_only_hears_where_it_is(
    bridge: PlayedBridge,
) -> None:
    await bridge.says(OFFICER, "/board")
    bridge.expect(OFFICER, "Open this in the browser", "?to=board", "10 minutes")
    await bridge.says("telegram:clerk", "/board", at="telegram:kh-group")
    bridge.expect("telegram:kh-group", "The board: ", "/board")
    assert len(bridge.storage.kept.raw("sign_ins")) == 1


async def test_unbinding_the_web_chat_ends_what_is_signed_in_there(bridge: PlayedBridge) -> None:
    person = await bridge.person(OFFICER)
    await bridge.change(OFFICER, addresses=(*person.addresses, Address("web", str(person.id))))
    await bridge.says(OFFICER, "/bind web")
    assert bridge.storage.kept.raw("sign_ins")
    await bridge.says(OFFICER, "/unbind web")
    assert not bridge.storage.kept.raw("sign_ins")


async def test_signing_in_for_the_first_time_is_told_on_the_messengers_before(bridge: PlayedBridge) -> None:
    person = await bridge.person(OFFICER)
    web = Address("web", str(person.id))
    for _ in range(2):
        await bridge.orders(PageAct(lambda c: signed_in(c, web), person.id, web))
        await bridge.tick()
    assert await addresses(bridge) == [OFFICER, str(web)]
    assert [text for text in bridge.heard(OFFICER) if "bound" in text] == [
        "A further messenger was bound: web chat. If that was not you: /lost"
    ]


async def test_what_waits_for_a_messenger_goes_elsewhere_once_it_is_unbound(bridge: PlayedBridge) -> None:
    await bound(bridge)
    await bridge.says(OFFICER, "/prefer wechat")
    case = await bridge.report_case()
    bridge.adapters["wechat"].fail(Unavailable("WeChat is down."), times=None)
    await bridge.says("telegram:clerk", f"/note {case.reference} she was seen at the station")
    bridge.expect_nothing(PHONE, containing="note")
    bridge.forget()
    await bridge.says(OFFICER, "/unbind wechat")
    bridge.expect(OFFICER, case.reference, "seen at the station")
    bridge.adapters["wechat"].recover()
    await bridge.fast_forward(minutes=10)
    bridge.expect_nothing(PHONE, containing=case.reference)
