"""The papers of a hand-off in the mailbox of its desk: sealed for it, journalled, and no name without encryption."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pyrage
import pytest

from adapters.email.settings import CAPABILITIES
from bot.channels.papers.letterheads import Letterheads
from bot.domain.agreement import DeskRole
from bot.domain.case import Case, DeadlineKind
from bot.domain.errors import BridgeError, Unavailable, Uncertain
from bot.domain.messages import Address, Outgoing
from bot.domain.secure_entry import SecureField
from bot.jobs.paper_mail import PaperMail
from bot.ports.messengers import Enclosure
from tests.fakes.mail_server import HANGS, MailServer
from tests.journeys.gated import CLERK, DETECTIVE, DUTY, OFFICER, WILLING
from tests.journeys.test_seen_by import adds
from tests.kit.email import make_email, running, send
from tests.kit.email import outgoing as delivery_to
from tests.kit.played import PlayedBridge
from tests.kit.time_outs import pass_time
from tests.kit.world import MESSENGERS, agreement, desk

POLICE_BOX, MINISTRY_BOX = "email:police@example.cn", "email:ministry@example.cn"
KEYS = pyrage.x25519.Identity.generate()
NAME = "Sothea"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """The police desk of CN has a mailbox behind its group and no key; its ministry has both."""
    agreed = agreement()
    boxes = (Address.parse("wecom:police-group"), Address.parse(POLICE_BOX))
    police = replace(agreed.desks["cn-police"], addresses=boxes)
    ministry = desk("cn-ministry", DeskRole.DIPLOMATIC, "Foreign ministry", MINISTRY_BOX)
    ministry = replace(ministry, age=str(KEYS.to_public()))
    desks = {**agreed.desks, police.id: police, ministry.id: ministry}
    played = PlayedBridge(
        tmp_path, agreed=replace(agreed, desks=desks), messengers={**MESSENGERS, "email": CAPABILITIES}
    )
    await played.start()
    yield played
    await played.stop()


async def handed(bridge: PlayedBridge, channel: str) -> Case:
    block = f"citizenship: Cambodia\ncountry: China\narea: Nanchang\nsummary: She is locked in.\n{WILLING}"
    case = await bridge.report_case("no", "locked in", "25", block, "send", "send", text="/alert a woman is held")
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await adds(bridge, CLERK, case, SecureField.NAMES, f'{{"family": "EXAMPLE", "given": "{NAME}"}}')
    await bridge.says(CLERK, f"/handoff {case.reference} {channel} send")
    return await bridge.case(case)


def mail_of(bridge: PlayedBridge) -> PaperMail:
    return PaperMail(bridge.storage, bridge.rules.agreement, Letterheads(), bridge._bridge.line.submit)


async def mailed(bridge: PlayedBridge, case: Case, box: str) -> Outgoing:
    """The newest message to a mailbox about a case."""
    found = [d.message for d in await bridge.deliveries(case) if str(d.message.address) == box]
    return max(found, key=lambda message: message.id)


def read(paper: Enclosure) -> str:
    content = pyrage.decrypt(paper.content, [KEYS]) if paper.name.endswith(".age") else paper.content
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


async def test_a_mailbox_gets_the_papers_though_the_group_was_told(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "police")
    bridge.expect("wecom:police-group", case.reference, "Please accept with your formal reference")
    bridge.expect(POLICE_BOX, case.reference, "Please accept with your formal reference")
    papers = await mail_of(bridge).enclosed(await mailed(bridge, case, POLICE_BOX))
    assert len(papers) == 2
    assert all(case.reference in read(paper) for paper in papers)
    assert all(NAME not in read(paper) for paper in papers)


async def test_without_a_key_nothing_that_names_somebody_leaves(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "police")
    papers = await mail_of(bridge).enclosed(await mailed(bridge, case, POLICE_BOX))
    assert len(papers) == 2
    assert not [paper for paper in papers if "annex" in paper.name]
    assert all(paper.content.startswith(b"%PDF") for paper in papers)


async def test_with_a_key_all_of_it_is_encrypted_and_the_annex_goes_too(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "diplomatic")
    papers = await mail_of(bridge).enclosed(await mailed(bridge, case, MINISTRY_BOX))
    assert len(papers) == 3
    assert all(paper.name.endswith(".pdf.age") and paper.content.startswith(b"age-encryption.org") for paper in papers)
    assert [NAME in read(paper) for paper in papers] == ["annex" in paper.name for paper in papers]


async def test_what_leaves_is_journalled_once_with_its_hash(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "police")
    message, mail = await mailed(bridge, case, POLICE_BOX), mail_of(bridge)
    papers = await mail.enclosed(message)
    assert await mail.enclosed(message) == papers, "a mail that is tried again is the same"
    noted = [entry for entry in await bridge.acts(case) if entry.act == "paper_mailed"]
    assert [entry.told["sha256"] for entry in noted] == [hashlib.sha256(p.content).hexdigest() for p in papers]


async def test_what_was_taken_back_is_enclosed_in_nothing(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "police")
    message = await mailed(bridge, case, POLICE_BOX)
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    assert await mail_of(bridge).enclosed(message) == ()


async def test_other_mails_carry_nothing(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "police")
    message = await mailed(bridge, case, POLICE_BOX)
    for other in (replace(message, dedupe_key="case:7:police:1"), replace(message, recipient="person:1")):
        assert await mail_of(bridge).enclosed(other) == ()


async def test_the_whole_way_to_a_real_mail_server(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "police")
    message = await mailed(bridge, case, POLICE_BOX)
    async with MailServer() as server:
        adapter = make_email(server)
        adapter.encloses = mail_of(bridge)
        async with running(adapter):
            server.answers = {"DATA": "451 later"}
            with pytest.raises(Unavailable):
                await send(adapter, replace(delivery_to(message.text), message=message))
            server.answers = {}
            await send(adapter, replace(delivery_to(message.text), message=message))
    *refused, taken = server.taken
    assert {one.mail["Message-ID"] for one in refused} <= {taken.mail["Message-ID"]}, "known for a repeat"
    files = list(taken.mail.iter_attachments())
    assert len(files) == 2
    assert all(case.reference in str(part.get_filename()) for part in files)
    assert NAME.encode() not in taken.raw


async def test_a_mail_that_arrives_twice_because_its_server_died_is_accepted_once(bridge: PlayedBridge) -> None:
    case = await handed(bridge, "police")
    message = await mailed(bridge, case, POLICE_BOX)
    async with MailServer(answers={"DATA": HANGS}, on_hang=pass_time) as server:
        adapter = make_email(server)
        adapter.encloses = mail_of(bridge)
        async with running(adapter):
            with pytest.raises(Uncertain):
                await send(adapter, replace(delivery_to(message.text), message=message))
            server.answers.clear()
            await send(adapter, replace(delivery_to(message.text), message=message))
    first, second = server.taken
    assert first.mail["Message-ID"] == second.mail["Message-ID"]
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26 Col. Example")
    bridge.forget()
    await bridge.says(DUTY, f"/accept {case.reference} police MPS-78/26 Col. Sample")
    bridge.expect(DUTY, "is not waiting at the police channel")
    bridge.expect_nothing(CLERK, OFFICER, containing="Accepted by")
    case = await bridge.case(case)
    assert [handoff.formal_reference for handoff in case.handoffs] == ["MPS-77/26"]
    assert len([d for d in case.deadlines if d.kind is DeadlineKind.WRITTEN]) == 1


async def test_a_paper_that_cannot_be_made_holds_no_mail_up(
    bridge: PlayedBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise BridgeError("The PDF could not be made.")

    case = await handed(bridge, "police")
    monkeypatch.setattr("bot.jobs.paper_mail.as_file", broken)
    assert await mail_of(bridge).enclosed(await mailed(bridge, case, POLICE_BOX)) == ()
