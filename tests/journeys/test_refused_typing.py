"""What did not answer a question stays on the own side, as part of the talk, until the officer says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.case import Case, TextKind
from bot.protection.redaction_policy import Way, text_for
from bot.protection.standings import Reader
from tests.journeys.either_phone import BOTH, DUTY, OWN_GROUP, UP_TO_ASSISTANCE, officer_on
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
CLEARED = "citizenship: Cambodia\nfears: no\nconsent to police: yes"


async def _read_by(bridge: PlayedBridge, case: Case, who: str) -> list[str]:
    reader, agreement = Reader.of(await bridge.person(who), bridge.rules.agreement), bridge.rules.agreement
    case, history = await bridge.case(case), await bridge.storage.history(case.id)
    found = (text_for(text, case, reader, Way.PAGE, agreement) for text in history.texts)
    return [text for text in found if text is not None]


@BOTH
async def test_refused_typing_is_read_by_the_own_side_only(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(CLEARED, "qwertz asdf", "xxyyzz", "done with it all")
        case = await phone.case(case)
        first, *refused = await phone.bridge.texts(case)
        assert first.kind is TextKind.FIRST
        assert [(t.text, t.own_side_only) for t in refused] == [
            ("qwertz asdf", True), ("xxyyzz", True), ("done with it all", True),
        ]  # fmt: skip
        await phone.does("send", "send")
        assert await _read_by(phone.bridge, case, "wechat:duty") == ["somebody screams for help in a flat"]
        assert len(await _read_by(phone.bridge, case, "telegram:clerk")) == 4


@BOTH
async def test_the_officer_says_that_it_is_for_the_other_side(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports("her cousin called at noon")
        assert "kept with" in phone.screen.text
        assert "your own side" in phone.screen.text
        await phone.does("[Tell both desks]")
        phone.bridge.expect(phone.who, f"{case.reference}: Sent to")
        phone.bridge.expect(DUTY, "her cousin called at noon")
        phone.bridge.expect(OWN_GROUP, "her cousin called at noon")
        phone.bridge.forget()
        await phone.does("no")
        assert (await phone.case(case)).value("danger_now") == "no", "the question is still asked"


@pytest.mark.parametrize("how", ["caption", "rest of a block", "side"])
async def test_other_words_beside_an_answer_stay_on_the_own_side_too(bridge: PlayedBridge, how: str) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE)
    if how == "caption":
        await bridge.sends_photo(OFFICER, "a stray remark")
    else:
        await bridge.says(OFFICER, "a stray remark\nassistance: rescue\nsafe to contact: no")
    (text,) = [t for t in await bridge.texts(case) if "stray" in t.text]
    assert text.own_side_only
    assert any("your own side" in m.text for m in bridge.phones.at(OFFICER))
