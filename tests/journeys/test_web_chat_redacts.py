"""The web chat has nothing to delete: what points to a person it takes out of its own lines."""

from __future__ import annotations

from bot.domain.messages import Address
from tests.kit.played import PlayedBridge

WEB = "web:officer"
NUMBER = "+855 10 000 000"


async def test_nobody_is_asked_to_delete_what_only_we_can_take_out(bridge: PlayedBridge) -> None:
    await bridge.change("telegram:officer", addresses=(Address.parse(WEB),))
    await bridge.says(WEB, f"somebody screams, call {NUMBER}")
    bridge.expect(WEB, "It is stored in the secure case, and this chat does not show it any more.")
    await bridge.sends_photo(WEB, "the door")
    bridge.expect(WEB, "this chat does not show it")
    assert not [shown.text for shown in bridge.everything_heard([WEB]) if "delete it" in shown.text]
    lines = await bridge.storage.transcript((Address.parse(WEB),), 0, 100)
    assert not [line.text for line in lines if NUMBER in line.text]


async def test_on_other_messengers_only_the_person_can_delete_it(bridge: PlayedBridge) -> None:
    await bridge.says("telegram:officer", f"somebody screams, call {NUMBER}")
    bridge.expect("telegram:officer", "please delete it here")
