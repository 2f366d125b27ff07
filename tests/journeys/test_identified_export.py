"""An export with names takes two people: one asks, another of the side approves, and only who asked can read it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from bot.domain.export_orders import IdentifiedOrder
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from tests.journeys.gated import page_of
from tests.journeys.test_secrecy import WORDS, a_case_in_all_its_words
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import ADMIN, Somebody

ASKER, SECOND, SUPERVISOR = "web:admin", "telegram:kh-admin", "telegram:kh-supervisor"
KEY = pyrage.x25519.Identity.generate()
ASKED = f"/export identified 2026-04-01 2026-05-01 {KEY.to_public()} the prosecutor asks, KUMQUAT"


@pytest.fixture(autouse=True)
async def second_admins(bridge: PlayedBridge) -> None:
    await bridge.enrol(
        Somebody("Sim Vuthy", "KH", ADMIN, (SECOND,)),
        Somebody("Sun Li", "CN", ADMIN, ("wecom:cn-admin",)),
    )


async def asked(bridge: PlayedBridge, words: str = ASKED) -> str:
    """The admin asks; returns the order's number."""
    await bridge.says(ASKER, words)
    found = re.search(r"Order (\w+) is stored", bridge.expect(ASKER, "is stored").text)
    assert found
    return found[1]


def files(bridge: PlayedBridge) -> list[Path]:
    return sorted(bridge.exports.iterdir())


def opened(bridge: PlayedBridge, ending: str = ".csv.age") -> list[dict[str, str]]:
    """What the person with the key reads."""
    (sealed,) = bridge.exports.glob(f"*{ending}")
    plain = pyrage.decrypt(sealed.read_bytes(), [KEY]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(plain)))


def order(bridge: PlayedBridge) -> IdentifiedOrder:
    (found,) = bridge.storage.kept.orders
    return found


async def acts(bridge: PlayedBridge, chain: str = "-") -> list[str]:
    return [link.entry.act async for links in bridge.storage.stream_journal(chain) for link in links]


async def test_an_admin_asks_a_supervisor_approves_and_the_admin_alone_gets_it_encrypted(bridge: PlayedBridge) -> None:
    reference = await a_case_in_all_its_words(bridge)
    bridge.forget()
    number = await asked(bridge)
    for who in (SUPERVISOR, SECOND):
        request = bridge.expect(who, "Heng Admin asks for an identified export", "KH", f"/approve {number}")
        assert labels(request) == ["Approve", "Refuse"]
        assert "KUMQUAT" not in request.text, "why is read on the page"
    bridge.expect_nothing("wecom:supervisor", "wecom:cn-admin", "telegram:clerk", "telegram:officer")
    assert not files(bridge), "nothing is made before a second person has decided"
    await bridge.taps(SUPERVISOR, "Approve")
    bridge.expect(SUPERVISOR, f"You have approved order {number}")
    bridge.expect(SECOND, f"Identified export {number}: approved by Keo Sophea.")
    bridge.expect(ASKER, "approved by Keo Sophea")
    told = bridge.expect(ASKER, "Cases in the file: 1", "only you can fetch it", "https://bridge.example/exports/")
    assert not told.file, "it leaves on no messenger"
    (row,) = opened(bridge)
    assert row["reference"] == reference
    assert row["reporting_officer"] == "Sok Dara"
    assert row["area"] == "Nanchang YAKMILK"
    assert "ZEBRA" in row["texts"]
    assert "TULIP" in row["texts"], "a memo of the own side"


async def test_nothing_of_it_is_on_the_disk_in_plain_and_the_manifest_says_who_approved(
    bridge: PlayedBridge,
) -> None:
    await a_case_in_all_its_words(bridge)
    number = await asked(bridge)
    await bridge.says(SUPERVISOR, f"/approve {number}")
    for file in files(bridge):
        assert not [word for word in (*WORDS, "KUMQUAT", "Sok Dara") if word.encode() in file.read_bytes()], file.name
    (manifest,) = bridge.exports.glob("*.manifest.json")
    said = json.loads(manifest.read_text("utf-8"))
    approver, asker = await bridge.person(SUPERVISOR), await bridge.person(ASKER)
    assert (said["identified"], said["de-identified"], said["order"]) == (True, False, number)
    assert (said["exporter"], said["approved_by"]) == (f"person:{asker.id}", f"person:{approver.id}")
    assert said["recipient"] == str(KEY.to_public())
    assert said["filter"]["parties"] == ["KH"]
    assert said["count"] == 1


async def test_every_case_in_it_is_journalled_as_read_and_why(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    number = await asked(bridge)
    await bridge.taps(SECOND, "Approve")
    (read,) = [e for e in await bridge.acts(case) if e.act == "identified_export_read"]
    assert read.details == {"order": number, "reason": "the prosecutor asks, KUMQUAT"}
    assert read.actor == f"person:{(await bridge.person(ASKER)).id}"
    told = [act for act in await acts(bridge) if act.startswith("identified_export")]
    assert told == ["identified_export_asked", "identified_export_approved", "identified_export_made"]


async def test_the_page_of_a_case_in_it_does_not_say_why_and_to_the_other_side_not_even_that(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case()
    await asked(bridge)
    await bridge.taps(SECOND, "Approve")
    own = str((await page_of(bridge, "telegram:clerk", case))["journal"])
    theirs = str((await page_of(bridge, "wechat:duty", case))["journal"])
    assert "KUMQUAT" not in own + theirs
    assert "identified export read" in own
    assert "identified export" not in theirs


async def test_nobody_approves_what_they_asked_for_themselves(bridge: PlayedBridge) -> None:
    number = await asked(bridge)
    await bridge.says(ASKER, f"/approve {number}")
    bridge.expect(ASKER, "You asked for it yourself")
    await bridge.says(ASKER, f"/refuse {number} changed my mind")
    bridge.expect(ASKER, "You asked for it yourself")
    assert order(bridge).is_waiting
    assert not files(bridge)


@pytest.mark.parametrize(
    "who", ["telegram:officer", "telegram:clerk", "wechat:duty", "wecom:supervisor", "wecom:cn-admin"]
)
async def test_for_officers_desks_and_the_other_side_there_is_no_such_order(bridge: PlayedBridge, who: str) -> None:
    number = await asked(bridge)
    for typed in (f"/approve {number}", f"/refuse {number} no", "/approve 4x2k9", "/approve", "/approve ;--"):
        await bridge.says(who, typed)
        bridge.expect(who, "There is no such order.")
    assert order(bridge).is_waiting
    assert not files(bridge)


async def test_a_stolen_button_approves_nothing(bridge: PlayedBridge) -> None:
    await asked(bridge)
    request = bridge.phones.newest_with(SUPERVISOR, "Approve")
    await bridge.taps("wecom:supervisor", "Approve", of=request)
    bridge.expect("wecom:supervisor", "There is no such order.")
    assert order(bridge).is_waiting


async def test_it_is_decided_once_and_whoever_comes_second_hears_who_was_first(bridge: PlayedBridge) -> None:
    number = await asked(bridge)
    request = bridge.phones.newest_with(SECOND, "Refuse")
    await bridge.taps(SUPERVISOR, "Approve")
    bridge.forget()
    await bridge.taps(SECOND, "Refuse", of=request)
    bridge.expect(SECOND, f"Order {number} is decided already: approved by Keo Sophea.")
    await bridge.says(SUPERVISOR, f"/approve {number.upper()}")
    bridge.expect(SUPERVISOR, "decided already: approved by Keo Sophea")
    assert len(list(bridge.exports.glob("*.age"))) == 1


async def test_who_refuses_says_why_and_nothing_is_made(bridge: PlayedBridge) -> None:
    number = await asked(bridge)
    await bridge.says(SUPERVISOR, f"/refuse {number}")
    bridge.expect(SUPERVISOR, f"Say why: /refuse {number} reason")
    await bridge.says(SUPERVISOR, f"/refuse {number} a summary is enough, PLUM")
    bridge.expect(SUPERVISOR, f"You have refused order {number}")
    heard = bridge.expect(ASKER, "refused by Keo Sophea")
    assert "PLUM" not in heard.text
    assert order(bridge).refusal == "a summary is enough, PLUM"
    assert not files(bridge)


@pytest.mark.parametrize("word", ["approve", "refuse"])
async def test_who_must_be_confirmed_first_decides_nothing_until_then(bridge: PlayedBridge, word: str) -> None:
    number = await asked(bridge)
    await bridge.change(SUPERVISOR, confirmed_at=bridge.now - timedelta(days=91))
    await bridge.says(SUPERVISOR, f"/{word} {number} RADISH")
    told = bridge.expect(SUPERVISOR, "This waits", f"/{word} {number} ...")
    assert "RADISH" not in told.text
    await bridge.taps(SUPERVISOR, word.capitalize())
    bridge.expect(SUPERVISOR, "This waits", "After that tap the same button again.")
    assert order(bridge).is_waiting
    assert not files(bridge)


async def test_an_order_that_nobody_decides_expires_after_a_day(bridge: PlayedBridge) -> None:
    number = await asked(bridge)
    request = bridge.phones.newest_with(SUPERVISOR, "Approve")
    await bridge.fast_forward(hours=23, minutes=59)
    assert order(bridge).is_waiting
    bridge.forget()
    await bridge.fast_forward(minutes=1)
    bridge.expect(ASKER, f"Your identified export {number}: expired.")
    await bridge.taps(SUPERVISOR, "Approve", of=request)
    bridge.expect(SUPERVISOR, f"Order {number} is decided already: expired.")
    assert not files(bridge)
    assert "identified_export_expired" in await acts(bridge)


async def test_an_order_over_its_time_is_not_approved_even_if_the_clock_has_not_looked_yet(
    bridge: PlayedBridge,
) -> None:
    number = await asked(bridge)
    bridge.now = order(bridge).expires_at
    await bridge.says(SUPERVISOR, f"/approve {number}")
    bridge.expect(SUPERVISOR, f"Order {number} has expired; nothing is made.")
    assert not files(bridge)


@pytest.mark.parametrize("change", [{"revoked_at": START}, {"role": Role.SUPERVISOR}, {"party": "VN"}])
async def test_the_order_of_somebody_who_was_cut_off_or_moved_dies(
    bridge: PlayedBridge, change: dict[str, object]
) -> None:
    number = await asked(bridge)
    await bridge.change(ASKER, **change)
    await bridge.says(SUPERVISOR, f"/approve {number}")
    bridge.expect(SUPERVISOR, f"Order {number} has expired; nothing is made.")
    assert not files(bridge)


@pytest.mark.parametrize("who", ["telegram:officer", "wechat:duty", SUPERVISOR])
async def test_only_an_admin_asks(bridge: PlayedBridge, who: str) -> None:
    await bridge.says(who, ASKED)
    bridge.expect(who, "Exports are for admins.")
    assert not bridge.storage.kept.orders


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (f"/export identified 2026-04-01 2026-05-01 {KEY.to_public()}", "Type for example: /export identified"),
        (f"/export identified 2026-05-01 2026-04-01 {KEY.to_public()} why", "Type for example"),
        ("/export identified 2026-04-01 2026-05-01 age1abc why", "That is no age recipient"),
        (f"/export identified 2026-04-01 2026-05-01 {KEY} why", "Never send the secret half"),
        ("/export identified 2026-04-01 2026-05-01 ssh-ed25519 AAAA why", "That is no age recipient"),
        (f"/export identified xlsx 2026-04-01 2026-05-01 {KEY.to_public()} why", "made as csv, jsonl or htcds"),
    ],
)
async def test_an_order_that_cannot_be_carried_out_is_answered_in_a_sentence(
    bridge: PlayedBridge, typed: str, answer: str
) -> None:
    await bridge.says(ASKER, typed)
    bridge.expect(ASKER, answer)
    assert not bridge.storage.kept.orders


async def test_where_nobody_could_approve_nothing_is_ordered(bridge: PlayedBridge) -> None:
    for who in (SUPERVISOR, SECOND):
        await bridge.change(who, revoked_at=bridge.now)
    await bridge.says(ASKER, ASKED)
    bridge.expect(ASKER, "Nobody could approve it")
    assert not bridge.storage.kept.orders


async def test_only_cases_of_the_own_side_are_in_it(bridge: PlayedBridge) -> None:
    mine = await bridge.report_case()
    await bridge.report_case(from_="telegram:vn-officer")
    await asked(bridge)
    await bridge.taps(SUPERVISOR, "Approve")
    assert [row["reference"] for row in opened(bridge)] == [mine.reference]


async def test_what_the_other_side_wrote_for_itself_stays_there(bridge: PlayedBridge) -> None:
    reference = await a_case_in_all_its_words(bridge)
    case = await bridge.case(reference)
    await bridge.storage.apply([Turn(secure=(await secure_entry(bridge, case.id, "+855 10 000 000"),))])
    await bridge.says("wecom:cn-admin", ASKED)
    await bridge.taps("wecom:supervisor", "Approve")
    (row,) = opened(bridge)
    assert "TULIP" not in str(row), "a memo of the reporting side"
    assert "+855" not in str(row), "the secure case of the reporting side"
    assert "UMBRA" in row["texts"]
    assert "Sok Dara" not in str(row), "an officer of the other side goes by side and role"
    assert row["reporting_officer"] == "KH officer"


async def test_of_a_person_who_fears_this_sides_state_nothing_points_to_them(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(text="girl LYNX in a flat")
    await bridge.answers(
        "telegram:officer", "China", "Nanchang OTTER", "unknown", "skip", "forced marriage", "1", "China"
    )
    await bridge.answers("telegram:officer", "interpreter", "no", "yes", "no", "yes", "skip", "send")
    await bridge.says("wecom:cn-admin", ASKED)
    await bridge.taps("wecom:supervisor", "Approve")
    (row,) = opened(bridge)
    assert row["reference"] == case.reference
    assert not [word for word in ("LYNX", "OTTER") if word in str(row)]
    assert row["citizenship"] == ""


async def test_the_secure_case_of_the_own_side_is_in_it_but_for_false_alarms(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    phone = await secure_entry(bridge, case.id, "+855 10 000 000")
    name = await secure_entry(bridge, case.id, "KEO | Sophy | កែវ", SecureField.NAMES)
    alarm = await secure_entry(bridge, case.id, "room 1234567", SecureField.MESSAGE, released=True)
    await bridge.storage.apply([Turn(secure=(phone, name, alarm))])
    await asked(bridge, ASKED.replace("identified", "identified htcds"))
    await bridge.taps(SUPERVISOR, "Approve")
    (row,) = opened(bridge, ".htcds.csv.age")
    assert (row["prs_SecondName"], row["prs_FirstName"]) == ("KEO", "Sophy"), "the second name is the family name"
    assert row["prs_MobilePhone"] == "'+855 10 000 000", "no formula here either"
    assert "1234567" not in str(row)
    assert case.reference in row["cco_CaseComment"]


async def secure_entry(
    bridge: PlayedBridge, case_id: int, value: str, field: SecureField = SecureField.PHONE, *, released: bool = False
) -> SecureEntry:
    officer = await bridge.person("telegram:officer")
    at = bridge.now if released else None
    made = SecureEntry(bridge._new_id(), case_id, field, Guarded(value), bridge.now, officer.id, "KH")
    return replace(made, released_at=at)


async def test_help_tells_each_who_asks_and_who_decides(bridge: PlayedBridge) -> None:
    for who, told, untold in (
        (ASKER, "/export identified", "/ack"),
        (SUPERVISOR, "/approve", "/export"),
        ("telegram:clerk", "/ack", "/approve"),
    ):
        await bridge.says(who, "/help more")
        words = bridge.expect(who, told).text
        assert untold not in words


async def test_an_order_survives_a_restart(bridge: PlayedBridge) -> None:
    await asked(bridge)
    await bridge.restart()
    await bridge.taps(SUPERVISOR, "Approve")
    bridge.expect(ASKER, "only you can fetch it")
