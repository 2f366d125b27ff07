"""After a restore: what fell due fires once and says that it is late, and nobody is told that their case never was."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.errors import Unavailable
from bot.domain.reference import draw
from bot.domain.restored import Restored
from storage.restored import mark_restored
from tests.kit.keys import VAULT
from tests.kit.played import PlayedBridge

U1 = ("Yes", "Held against their will", "Adult")
REPEAT = "This may be a repeat."
#: A reference that was given after the backup: right in itself, and nowhere.
LOST = draw("KC", 2026, lambda letters: letters[0])


async def _restored(bridge: PlayedBridge, *, minutes: float = 30) -> None:
    """The machine is lost, and its backup of this moment is restored elsewhere some time later."""
    made_at = bridge.now
    await bridge.stop()
    bridge.now += timedelta(minutes=minutes)
    mark_restored(bridge.storage.place.url, VAULT, Restored(made_at, bridge.now), REPEAT)
    await bridge.down_for()


async def test_what_fell_due_meanwhile_fires_once_and_says_that_it_is_late_and_may_be_a_repeat(
    bridge: PlayedBridge,
) -> None:
    await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=1)
    bridge.forget()
    await _restored(bridge, minutes=46)
    ping = bridge.expect("wechat:duty", "ping 1", "(32 min late)")
    assert "late and may be a repeat: it was to go out Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing" in ping.text
    bridge.expect_nothing("wechat:duty", containing="ping")
    await bridge.fast_forward(minutes=10)
    assert "repeat" not in bridge.expect("wechat:duty", "ping 2").text


async def test_an_alert_that_fell_due_meanwhile_says_that_it_may_be_a_repeat(bridge: PlayedBridge) -> None:
    await bridge.says("telegram:officer", "Two girls were locked in a house")
    bridge.forget()
    await _restored(bridge)
    bridge.expect("telegram:kh-group", "This alert may be a repeat: the bridge was restored from a backup.")


async def test_whoever_names_a_case_that_was_lost_is_told_to_write_it_again(bridge: PlayedBridge) -> None:
    await _restored(bridge)
    bridge.forget()
    await bridge.says("telegram:officer", f"/case {LOST}")
    bridge.expect("telegram:officer", "No such case. What was written between", "must be written again")
    await bridge.says("telegram:clerk", f"/ack {LOST}")
    bridge.expect("telegram:clerk", "must be written again")
    await bridge.says("telegram:officer", f"{LOST} she is at the border now")
    bridge.expect("telegram:officer", "Your alert is stored")


async def test_a_case_of_others_is_answered_in_the_same_words_as_one_that_was_lost(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await _restored(bridge)
    bridge.forget()
    for reference in (LOST, case.reference):
        await bridge.says("telegram:vn-officer", f"/case {reference}")
    one, two = bridge.heard("telegram:vn-officer")
    assert one == two


async def test_after_three_months_an_unknown_case_is_just_unknown(bridge: PlayedBridge) -> None:
    await _restored(bridge, minutes=0)
    bridge.now += timedelta(days=89, hours=23)
    await bridge.says("telegram:officer", f"/case {LOST}")
    assert "restored" in bridge.expect("telegram:officer", "No such case.").text
    bridge.now += timedelta(hours=2)
    await bridge.says("telegram:officer", f"/case {LOST}")
    assert "restored" not in bridge.expect("telegram:officer", "No such case.").text


async def test_admins_and_supervisors_hear_of_a_restore_once_and_it_is_on_record(bridge: PlayedBridge) -> None:
    await _restored(bridge)
    for who in ("web:admin", "telegram:kh-supervisor", "wecom:supervisor"):
        bridge.expect(who, "The bridge was restored at 2026-04-18T", "What was written in between is lost")
    await bridge.restart()
    bridge.expect_nothing("web:admin", containing="was restored")
    acts = [link.entry for link in bridge.storage.kept.journal if link.entry.act == "restored"]
    assert [(act.details or {}).keys() for act in acts] == [{"made_at", "restored_at"}]


async def test_what_waited_goes_again_as_a_perhaps_repeat_or_is_parked_but_pages_are_as_they_were(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    for adapter in bridge.adapters.values():
        adapter.fail(Unavailable("down"), times=None)
    await bridge.says("telegram:officer", "/cases")
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    for adapter in bridge.adapters.values():
        adapter.recover()
    bridge.forget()
    await _restored(bridge)
    bridge.expect("telegram:officer", REPEAT, "cknowledged")
    parked = [d for d in bridge.storage.kept.outbox if d.reason == "maybe sent before the restore"]
    assert {d.message.kind.value for d in parked} >= {"reply"}
    assert {d.state.value for d in parked} == {"parked"}
    assert "web" not in {d.message.address.messenger for d in parked}
