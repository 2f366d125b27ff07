"""What goes with a mail: made when it is sent, whole, and never twice taken for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from adapters.email import EmailAdapter
from bot.domain.errors import SendError, StorageError, Unavailable, Uncertain, Unreachable
from bot.domain.messages import Outgoing
from bot.ports.messengers import Enclosure
from tests.fakes.mail_server import DROPS, MailServer
from tests.kit.email import make_email, outgoing, running, send

PAPER = Enclosure("KC26-M9S34-4 police-request.pdf", b"%PDF-1.7 \x00\xff\r\n.\r\nend", "application/pdf")
SLIP = Enclosure("KC26-M9S34-4 police-reply.pdf.age", bytes(range(256)) * 40)


@dataclass
class Papers:
    """Makes the same two papers each time."""

    made: list[str] = field(default_factory=list)
    gone: list[tuple[str, ...]] = field(default_factory=list)
    is_out: bool = False

    async def enclosed(self, message: Outgoing) -> tuple[Enclosure, ...]:
        if self.is_out:
            raise StorageError("the database does not answer")
        self.made.append(message.dedupe_key)
        return (PAPER, SLIP)

    async def went(self, _message: Outgoing, enclosed: Sequence[Enclosure]) -> None:
        self.gone.append(tuple(each.name for each in enclosed))


def with_papers(server: MailServer) -> tuple[EmailAdapter, Papers]:
    adapter, papers = make_email(server), Papers()
    adapter.encloses = papers
    return adapter, papers


def found(mail: EmailMessage) -> list[Enclosure]:
    return [
        Enclosure(str(part.get_filename()), part.get_content(), part.get_content_type())
        for part in mail.iter_attachments()
    ]


async def test_papers_arrive_whole_below_the_text() -> None:
    async with MailServer() as server:
        adapter, papers = with_papers(server)
        async with running(adapter):
            await send(adapter, outgoing("U1 immediate · KC26-M9S34-4\nHanded to the police channel.", case_id=7))
    [taken] = server.taken
    assert found(taken.mail) == [PAPER, SLIP]
    body = taken.mail.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").startswith("U1 immediate · KC26-M9S34-4\nHanded to the police")
    assert papers.gone == [(PAPER.name, SLIP.name)]


@pytest.mark.parametrize(
    ("step", "answer", "meaning"),
    [("RCPT", "550 no such box", Unreachable), ("DATA", "451 later", Unavailable), ("DATA", DROPS, Uncertain)],
)
async def test_what_was_not_taken_is_not_noted_as_gone(step: str, answer: str, meaning: type[SendError]) -> None:
    async with MailServer() as server:
        adapter, papers = with_papers(server)
        server.answers = {step: answer}
        async with running(adapter):
            with pytest.raises(meaning):
                await send(adapter, outgoing())
            assert papers.gone == []
            server.answers = {}
            first, again = await send(adapter, outgoing()), await send(adapter, outgoing())
    assert papers.gone == [(PAPER.name, SLIP.name)] * 2
    assert first == again, "by its id a mail that comes again is known for one"


async def test_where_they_cannot_be_made_the_mail_waits() -> None:
    async with MailServer() as server:
        adapter, papers = with_papers(server)
        papers.is_out = True
        async with running(adapter):
            with pytest.raises(Unavailable):
                await send(adapter, outgoing())
    assert server.taken == []
