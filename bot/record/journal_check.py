"""Checks the journal of a storage while others go on writing it. Reads only; knows only ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.domain.errors import StorageError
from bot.domain.journal import row_of
from bot.domain.verify_journal import Checker, Finding, Summary, Witness
from bot.ports.storage import Storage


async def verify(storage: Storage, witnesses: Sequence[Witness] = ()) -> AsyncIterator[Finding | Summary]:
    """Check every chain, in flat memory: each finding, and after each chain how it went."""
    chains = {*await storage.chains(), *(witness.chain for witness in witnesses)}
    for chain in sorted(chains):
        async for said in _verify(storage, chain, [w for w in witnesses if w.chain == chain]):
            yield said


async def _verify(storage: Storage, chain: str, witnesses: Sequence[Witness]) -> AsyncIterator[Finding | Summary]:
    # Entries may be added meanwhile: what is stored lies between the head before and the head after.
    checker = Checker(chain, witnesses, (await storage.heads()).get(chain))
    try:
        async for links in storage.stream_journal(chain):
            for link in links:
                for finding in checker.take(row_of(link)):
                    yield finding
    except StorageError as error:
        yield Finding(chain, checker.sequence + 1, None, f"it and what follows cannot be read: {error}")
    else:
        for finding in checker.done((await storage.heads()).get(chain)):
            yield finding
    yield checker.summary()
