"""The running program and Telegram: the whole story, told twice, by polling and by webhook."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.case import Status
from bot.domain.guarded import Guarded
from storage.files import FileStore
from tests.fakes.messages import Post, units
from tests.kit.keys import VAULT
from tests.kit.town import (
    ADMIN,
    CN_DUTY,
    CN_GROUP,
    CN_POLICE,
    KH_DUTY,
    KH_GROUP,
    KH_TOPIC,
    STRANGER,
    Town,
    reference_in,
)
from tests.kit.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["polling", "webhook"])
async def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town.open(tmp_path_factory.mktemp(request.param), mode=request.param) as town:
        yield town


async def test_an_officer_enrols_with_a_code_reports_and_the_desks_are_told_after_three_answers(town: Town) -> None:
    lines = await town.terminal.beside("invite", "--party", "KH", "--role", "officer", "--name", "Sok Dara")
    code = re.search(r"/start ([0-9A-Z-]+)", "\n".join(lines))
    assert code
    assert f"t.me/{town.api.chats.bot['username']}?start={code[1].replace('-', '')}" in lines[-1]
    dara = town.user(501)
    dara.says(f"/start {code[1]}")
    await town.hears(dara.id, "You are enrolled: Sok Dara, officer, KH.")
    said = dara.says("urgent, somebody screams for help in a flat")
    stored = await town.hears(dara.id, "Your alert is stored", "(1 of 14)", after=said)
    reference = reference_in(stored.text)
    assert stored.labels == ["Yes", "No", "Unknown"]
    dara.taps("No")
    await town.hears(dara.id, "(2 of 14)")
    dara.taps("Locked in or held")
    asked = await town.hears(dara.id, "(3 of 14)")
    assert not [post for group in (CN_GROUP, KH_GROUP) for post in town.api.sent(group) if reference in post.text]
    dara.taps("12 to 17")
    await town.hears(dara.id, "(4 of 14)", after=asked)
    alert = await town.hears(CN_GROUP, reference, "U1 immediate", "Acknowledge by")
    assert alert.labels == ["Acknowledge", "Assign to me", "Show case"]
    assert "flat" not in alert.text, "free text stays on the page"
    own = await town.hears(KH_GROUP, reference, "U1 immediate")
    assert "Acknowledge" not in own.labels
    await town.api.until(lambda: len(town.api.updates.answered) == 3)  # a tap does not keep its hourglass


async def test_a_strangers_tap_changes_nothing_and_a_duty_officers_acknowledges(town: Town) -> None:
    reference = await town.reports(101)
    alert = await town.hears(CN_GROUP, reference)
    town.user(STRANGER).taps("Acknowledge", on=alert)
    await town.hears(CN_GROUP, "This line is for enrolled officers", after=alert)
    assert (await town.case(reference)).status is Status.OPEN
    assert "Acknowledge by" in alert.text
    town.user(KH_DUTY).taps("Acknowledge", on=alert)
    await town.hears(CN_GROUP, "Only the requested side can acknowledge", after=alert)
    assert (await town.case(reference)).status is Status.OPEN, "the person counts, not the group"
    town.user(CN_DUTY).taps("Acknowledge", on=alert)
    await town.hears(101, reference, "Acknowledged by")
    assert (await town.case(reference)).acknowledged_by == CN_DUTY
    await town.api.until(lambda: "Acknowledged" in alert.text and "Acknowledge" not in alert.labels)


async def test_a_photo_is_fetched_from_telegram_and_lies_on_the_disk_sealed(town: Town) -> None:
    await town.reports(103)
    photo = b"\xff\xd8\xff\xe0 the door of the house"
    town.api.shelf.contents["photo-1280"] = photo
    town.user(103).sends_photo("the door")
    await town.hears(103, "Stored in the secure case", "please delete it here")
    folder = town.setup.folder / "data" / "attachments"
    (path,) = await until(lambda: [p for p in folder.rglob("*") if len(p.name) == 64])
    assert path.name == hashlib.sha256(photo).hexdigest()
    assert b"the door" not in path.read_bytes()
    assert await FileStore(folder, VAULT).read(path.name) == photo
    (file,) = await until(lambda: town.setup.query("SELECT sha256 FROM attachments WHERE state = 'stored'"))
    assert file == (path.name,)


async def test_a_case_goes_to_the_police_is_accepted_and_closed_and_the_export_counts_it(town: Town) -> None:
    reference = await town.reports(102)
    officer, duty, police = town.user(102), town.user(CN_DUTY), town.user(CN_POLICE)
    for number, answer in (("13a", "Yes"), ("13b", "Yes"), ("13c", "No")):
        asked = await town.hears(102, f"({number} of 14)") if number > "13a" else None
        asked = asked or await town.hears(102, "(13a of 14)", after=officer.says("edit 13"))
        officer.taps(answer, on=asked)
    await town.hears(102, "13c", "No", after=asked)
    own_desk = town.user(KH_DUTY)
    await town.hears(KH_DUTY, "Best-interests reason", after=own_desk.says(f"/interest {reference} she is held there"))
    await town.hears(CN_DUTY, "handed to the police channel", after=duty.says(f"/handoff {reference} police send"))
    given = await town.hears(CN_POLICE, reference, "Please accept with your formal reference")
    police.taps("Accept", on=given)
    await town.hears(CN_POLICE, "Under which formal reference?")
    police.says("123/26 Col. Example")
    await town.hears(102, reference, "Accepted by the police channel")
    assert (await town.becomes(reference, Status.HANDED_OFF)).handoffs[0].formal_reference == "123/26"
    duty.says(f"/close {reference} found_safe The girl is safe with the provincial police.")
    await town.hears(102, reference, "Closed")
    await town.becomes(reference, Status.CLOSED)

    admin = town.user(ADMIN)
    file = await _exported(town, admin.says("/export 2020-01-01 2099-01-01 annual meeting"))
    promised = re.search(r"Cases in the file: (\d+)", file.text)
    assert promised
    assert file.file
    rows = list(csv.reader(io.StringIO(file.file[1].decode("utf-8-sig"))))
    told = [row for row in rows if row and not row[0].startswith("#")]
    assert len(told) - 1 == int(promised[1]) >= 1
    assert any(reference in row for row in told)
    assert "Sok Dara" not in file.file[1].decode("utf-8-sig"), "the log is de-identified"


async def _exported(town: Town, asked: Post) -> Post:
    await town.hears(ADMIN, "The export is being made", after=asked)
    return await town.hears(ADMIN, "SHA-256", after=asked)


async def test_choosing_several_changes_the_buttons_of_the_same_message(town: Town) -> None:
    await town.reports(108)
    officer = town.user(108)
    asked = await town.hears(108, "You may choose several", after=officer.says("edit 8"))
    before = len(town.api.sent(108))
    officer.taps("Forced labour", on=asked)
    await town.api.until(lambda: asked.edits == 1)
    officer.taps("Forced marriage", on=asked)
    await town.api.until(lambda: asked.edits == 2)
    assert len([label for label in asked.labels if label.startswith("✔")]) == 2
    assert len(town.api.sent(108)) == before, "nothing new was written"
    officer.taps("Done", on=asked)
    await town.api.until(lambda: len(town.api.sent(108)) > before)


async def test_a_message_longer_than_telegram_takes_arrives_in_parts(town: Town) -> None:
    await town.reports(104)
    labels = [f"hotel {a}{b}" for a in "abcdefghij" for b in "abcdefghijklmno"]
    lines = "\n".join(f"{label}: x" for label in labels)
    said = town.user(104).says(f"Country: China\nArea: Jiangxi\n{lines}")
    first = await town.hears(104, "Not known as a label: hotel aa", after=said)
    last = await town.hears(104, "Not known as a label: hotel jo", "(6 of 14)", after=first)
    assert units(first.text) <= 4096
    assert (first.buttons, last.labels) == ([], ["Unknown", "Back"]), "buttons are under the last part"
    told = [line for post in (first, last) for line in post.text.splitlines() if line.startswith("Not known")]
    assert len(told) == len(labels)


async def test_an_edit_of_the_first_words_is_kept_beside_them(town: Town) -> None:
    officer = town.user(105)
    said = officer.says("boy locked in a flat")
    reference = reference_in((await town.hears(105, "(1 of 14)", after=said)).text)
    officer.edits(said, "girl locked in a flat")
    await town.hears(105, reference, "your change is kept beside the first version", after=said)
    case = await town.case(reference)
    async with town.setup.storage() as storage:
        texts = (await storage.history(case.id)).texts
    assert [text.text for text in texts] == [Guarded("boy locked in a flat"), Guarded("girl locked in a flat")]


async def test_a_desk_in_a_topic_is_told_and_answered_there(town: Town) -> None:
    reference = await town.reports(106)
    alert = await town.hears(KH_GROUP, reference)
    assert alert.topic == KH_TOPIC
    clerk = town.user(KH_DUTY)
    said = clerk.says(f"/case {reference}", to=KH_GROUP, topic=KH_TOPIC)
    shown = await town.hears(KH_GROUP, reference, "Status:", after=said)
    assert (shown.topic, shown.reply_to) == (KH_TOPIC, said.id)


async def test_a_test_message_says_who_read_it_when_somebody_taps(town: Town) -> None:
    told = await town.terminal.beside("ping", "kh-duty")
    assert sorted(told) == [f"telegram:{KH_GROUP}/{KH_TOPIC}: sent", f"telegram:{KH_DUTY}: sent"]
    message = await town.hears(KH_GROUP, "Test message to KH duty")
    town.user(KH_DUTY).taps("I read it", on=message)
    await town.api.until(lambda: (message.text, message.labels) == ("Test message: read by KH duty.", []))
    assert town.setup.query("SELECT actor FROM journal WHERE act = 'test_read'") == [(f"person:{KH_DUTY}",)]


async def test_somebody_cut_off_is_a_stranger_at_once(town: Town) -> None:
    await town.reports(107)
    lines = await town.terminal.beside("revoke", 107)
    assert lines == ["officer 107 is cut off from all messengers and sessions."]
    said = town.user(107).says("another girl in the same flat")
    await town.hears(107, "This line is for enrolled officers", after=said)
    assert len([post for post in town.api.sent(107) if post.id > said.id]) == 1


async def test_the_token_is_nowhere_in_the_output(town: Town) -> None:
    town.api.fail("unauthorized")
    town.user(STRANGER).says("hello")
    await town.hears(STRANGER, "This line is for enrolled officers")
    assert "casebridge" in town.program.output
    assert town.api.token not in town.program.output
    assert town.api.token.partition(":")[2] not in town.program.output
