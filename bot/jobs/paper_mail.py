"""Encloses the papers of a hand-off in the mail that tells its desk: made of the case at that moment, kept nowhere.

Encrypted to the desk's age recipient where it has one; where it has none, what identifies somebody stays behind.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.channels.papers.dossier import Dossier
from bot.channels.papers.drawing_up import draw_up
from bot.channels.papers.files import Form, as_file
from bot.channels.papers.for_desk import PAPERS, dossier_for, signer
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.letterheads import Letterheads
from bot.domain.agreement import Agreement, Desk
from bot.domain.case import WITH_ITS_DESK, Case, Handoff
from bot.domain.errors import BridgeError, NoPaper
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Outgoing
from bot.domain.people import Person
from bot.line.message_work import Order
from bot.ports.messengers import Enclosure
from bot.ports.reads import History, Wanted
from bot.ports.storage import Storage
from bot.protection.secure_access import readable
from bot.record.age import sealed
from bot.turns.composer import Composer

log = structlog.get_logger(__name__)

#: The key of the message that tells a desk of its hand-off: `bot/acts/sending_handoffs.py`.
_HANDED = re.compile(r"case:\d+:(?:handoff|papers):(\d+):")


@dataclass(frozen=True, slots=True)
class _Mail:
    """A hand-off on its way to its desk by mail."""

    case: Case
    handoff: Handoff
    desk: Desk
    signer: Person


class PaperMail:
    """Makes what goes with a mail; see `bot.ports.messengers.Encloses`."""

    def __init__(
        self,
        storage: Storage,
        agreement: Agreement,
        letterheads: Letterheads,
        submit: Callable[[Order], Awaitable[object]],
    ) -> None:
        """Take where cases are read, what papers look like, and the line in which what leaves is journalled."""
        self._storage = storage
        self._agreement = agreement
        self._letterheads = letterheads
        self._submit = submit

    async def enclosed(self, message: Outgoing) -> tuple[Enclosure, ...]:
        """Make the papers of the hand-off that a mail is about, journalled before they leave; none for other mails."""
        mail = await self._mail_of(message)
        if mail is None:
            return ()
        history = await self._storage.history(mail.case.id)
        made: list[Enclosure] = []
        for kind in PAPERS[mail.handoff.channel]:
            if (kind is not PaperKind.ANNEX or mail.desk.age) and (paper := await self._made(kind, mail, history)):
                made.append(paper)
        return tuple(made)

    async def went(self, message: Outgoing, enclosed: Sequence[Enclosure]) -> None:
        """Note it in the log; the case's journal has had it since before it left."""
        log.info("Papers went with a mail.", outbox_id=message.id, files=len(enclosed))

    async def _mail_of(self, message: Outgoing) -> _Mail | None:
        found = _HANDED.match(message.dedupe_key)
        desk = self._agreement.desks.get(message.recipient.removeprefix("desk:"))
        if found is None or desk is None or message.case_id is None:
            return None
        case = (await self._storage.load(Wanted(cases=(message.case_id,)))).cases.get(message.case_id)
        handoff = next((h for h in case.handoffs if h.id == int(found[1])), None) if case is not None else None
        if case is None or handoff is None or handoff.state not in WITH_ITS_DESK or handoff.desk != desk.id:
            return None
        signed_by = signer(case, handoff, await self._storage.directory(), self._agreement)
        return _Mail(case, handoff, desk, signed_by) if signed_by is not None else None

    async def _made(self, kind: PaperKind, mail: _Mail, history: History) -> Enclosure | None:
        dossier = dossier_for(mail.case, mail.handoff, history, mail.signer, self._agreement)
        if kind is PaperKind.ANNEX:
            dossier = await self._with_identity(dossier, mail, history)
        try:
            made = await asyncio.to_thread(as_file, draw_up(kind, dossier, self._letterheads), Form.PDF)
        except NoPaper:
            return None  # the page of the case says what it waits for
        except BridgeError as error:  # the mail goes all the same: it is what tells the desk
            log.error("A paper could not be made for a mail.", case_id=mail.case.id, error=type(error).__name__)  # noqa: TRY400 - no texts
            return None
        await self._journal(kind, mail, made.sha256, history)
        if mail.desk.age:
            return Enclosure(f"{made.name}.age", sealed(made.content, mail.desk.age))
        return Enclosure(made.name, made.content, "application/pdf")

    async def _with_identity(self, dossier: Dossier, mail: _Mail, history: History) -> Dossier:
        found = await self._storage.secure_entries(mail.case.id)
        return replace(dossier, entries=readable(found, history.texts, mail.signer, mail.case, self._agreement))

    async def _journal(self, kind: PaperKind, mail: _Mail, sha256: str, history: History) -> None:
        """Journal once what leaves; a mail that is tried again carries the same bytes. Raises `StorageError`."""
        told = (link.entry.told for link in history.journal if link.entry.act == JournalAct.PAPER_MAILED)
        if any(each.get("sha256") == sha256 and each.get("desk") == mail.desk.id for each in told):
            return

        def act(c: Composer) -> None:
            c.journal(JournalAct.PAPER_MAILED, mail.case, paper=kind.value, desk=mail.desk.id, sha256=sha256)

        await self._submit(Order(act, actor="mail"))
