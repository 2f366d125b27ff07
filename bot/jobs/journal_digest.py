"""The daily digest: both sides keep the head of the record, and so are witnesses for each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import partial

from bot.domain.agreement import Agreement, DeskRole, Party
from bot.domain.journal import NO_CASE
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import OutgoingKind
from bot.domain.people import Directory
from bot.domain.recipients import Recipient, at_desks, unique
from bot.domain.time_words import both_times
from bot.domain.verify_journal import Head, Witness
from bot.jobs.once_a_day import Daily, OnceADay
from bot.language.texts import tr
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.storage import Storage
from bot.turns.composer import Composer

NAME = "digest"


def tell(c: Composer, heads: Mapping[str, Head], day: date) -> None:
    """Tell each chain's head to the desks of both its sides, once a day, and journal whom."""
    recipients: dict[str, list[str]] = {}
    for chain, head in sorted(heads.items()):
        told = c.tell(
            _desks_of(chain, c.context.agreement, c.view.directory),
            f"digest:{chain}:{day.isoformat()}",
            _words(chain, head, c),
            kind=OutgoingKind.DIGEST,
        )
        recipients[chain] = [recipient.name for recipient in told]
    named = {chain: list(head) for chain, head in sorted(heads.items())}
    c.journal(JournalAct.DIGEST, day=day.isoformat(), heads=named, recipients=recipients)


def _desks_of(chain: str, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    """Duty desks and secretariats of a corridor's two sides; everybody's secretariats for acts without a case."""
    corridor = agreement.corridors.get(chain)
    roles = (DeskRole.SECRETARIAT,) if corridor is None else (DeskRole.DUTY, DeskRole.SECRETARIAT)
    parties = agreement.parties if corridor is None else corridor.parties
    return unique(r for party in parties for role in roles for r in at_desks(agreement, directory, party, role))


def _words(chain: str, head: Head, c: Composer) -> str:
    corridor = c.context.agreement.corridors.get(chain)
    parties = [c.context.agreement.parties[code] for code in corridor.parties] if corridor else []
    when = both_times(c.now, parties, with_year=True)
    if corridor is not None:
        about = tr("en", "The record of {chain} ({sides}), {when}.", chain=chain, sides=_sides(parties), when=when)
    elif chain == NO_CASE:
        about = tr("en", "The record of acts without a case, {when}.", when=when)
    else:
        about = tr("en", "The record of {chain}, {when}.", chain=chain, when=when)
    counted = tr("en", "Entries: {count}. Last hash: {hash}", count=head.sequence, hash=head.hash)
    keep = tr("en", "Please keep this message: with it anybody can prove later that nothing up to here was changed.")
    how = tr("en", "To check: casebridge journal verify --witness={witness}", witness=Witness(chain, *head))
    return "\n".join((about, counted, keep, how))


def _sides(parties: list[Party]) -> str:
    return " - ".join(party.name for party in parties)


class Digester:
    """Sends the digest of a day once, from whichever node comes first; a missed one at the next tick."""

    def __init__(self, storage: Storage, line: Line, clock: Callable[[], datetime], at: time, owner: str) -> None:
        """Take the storage, the line, the clock, the time of day in UTC, and this node's name."""
        self._storage = storage
        self._line = line
        self._daily = OnceADay(storage, clock, Daily(at), owner, NAME)

    async def tick(self) -> bool:
        """Tell what is due; returns whether it was time."""
        return await self._daily.tick(self._tell)

    async def _tell(self, day: date) -> bool:
        heads = await self._storage.heads()
        if heads:
            await self._line.submit(Order(partial(tell, heads=heads, day=day), actor="clock"))
        return True
