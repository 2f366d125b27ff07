"""Commands about messages: a test ping to a desk, what is parked, trying again."""

from __future__ import annotations

import asyncio

from bot.app import essentials
from bot.cli.database import opened, write
from bot.config.messengers import KNOWN
from bot.config.model import Settings
from bot.domain.agreement import Desk
from bot.domain.attachments import FileState, StoredFile
from bot.domain.errors import BridgeError
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing, OutgoingKind
from bot.domain.recipients import at_desk, desk_name
from bot.intake.question_texts import word_button
from bot.language.texts import tr
from bot.ports.storage import Storage
from bot.turns.composer import Composer

_SHOWN = 200
_HEARD_WITHIN = 20.0  #: seconds to wait for a test message


async def ping(settings: Settings, desk_id: str, by: str) -> list[str]:
    """Send a test message to each address of a desk, and tell what became of it."""
    agreement = settings.agreement()
    desk = agreement.desks.get(desk_id)
    if desk is None:
        raise BridgeError(f"There is no desk {desk_id}. Configured: {', '.join(agreement.desks)}.")
    async with opened(settings) as storage:
        to = at_desk(desk, (await storage.directory()).as_of(essentials.clock()))
        addresses = list(dict.fromkeys(a for recipient in to for a in recipient.addresses))
        if not addresses:
            raise BridgeError(f"{desk_name(desk)} would reach nobody: it has no address and nobody enrolled is on it.")
        sent: list[Outgoing] = []

        def act(c: Composer) -> None:
            sent.clear()
            for number, address in enumerate(addresses):
                sent.append(_test_message(c, desk, address, number))
                c.send(sent[-1])
            c.journal(JournalAct.TEST_PING, desk=desk.id)

        await write(settings, storage, by, act)
        return await _watch(storage, sent)


def _test_message(c: Composer, desk: Desk, address: Address, number: int) -> Outgoing:
    known = KNOWN.get(address.messenger)
    if known is None or known.receives:
        words = tr("en", "Test message to {desk}. Please tap, so that we know it is read.", desk=desk_name(desk))
    else:
        words = tr("en", "Test message to {desk}. Please tell whoever runs the bridge.", desk=desk_name(desk))
    return Outgoing(
        id=c.context.new_id(),
        dedupe_key=f"test:{c.inbox_id}:{number}",
        kind=OutgoingKind.TEST,
        recipient=f"desk:{desk.id}",
        address=address,
        text=words,
        buttons=((word_button(tr("en", "I read it"), "heard"),),),
        not_before=c.now,
    )


async def _watch(storage: Storage, sent: list[Outgoing]) -> list[str]:
    """Wait a little for the running bridge to send."""
    wanted = {o.id for o in sent}
    everything = tuple(DeliveryState)
    waited = 0.0
    while True:
        rows = [d for d in await storage.outbox(everything, _SHOWN) if d.message.id in wanted]
        is_open = any(d.state is DeliveryState.QUEUED and not d.reason for d in rows)
        if not is_open or waited >= _HEARD_WITHIN:
            break
        await asyncio.sleep(0.5)
        waited += 0.5
    lines = [f"{d.message.address}: {d.state.value}{', ' + d.reason if d.reason else ''}" for d in rows]
    if is_open:
        lines.append("Stored. It goes out as soon as the bridge runs: casebridge run")
    return lines


async def outbox(settings: Settings) -> list[str]:
    """List what is parked or waits, newest first, without any text."""
    states = (DeliveryState.PARKED, DeliveryState.WINDOW_CLOSED, DeliveryState.QUEUED)
    async with opened(settings) as storage:
        rows = await storage.outbox(states, _SHOWN)
        files = await storage.files((FileState.PARKED, FileState.WAITING), _SHOWN)
        counts = await storage.counts(essentials.clock())
    lines = [*(_outbox_line(d) for d in rows), *(_file_line(f) for f in files)]
    parked = counts.inbox.get("parked", 0)
    if parked:
        lines.append(f"{parked} incoming messages could not be worked on and are kept: see the log for their ids.")
    return lines or ["Nothing is parked and nothing waits."]


def _outbox_line(d: Delivery) -> str:
    facts = [str(d.message.id), d.state.value, d.message.kind, str(d.message.address), f"tries {d.attempts}", d.reason]
    return "  ".join(filter(None, facts))


def _file_line(f: StoredFile) -> str:
    return "  ".join(filter(None, [str(f.id), f.state.value, "file", f.messenger, f"tries {f.attempts}", f.reason]))


async def retry(settings: Settings, outbox_id: int) -> str:
    """Queue a parked message, or a parked file, again."""
    async with opened(settings) as storage:
        now = essentials.clock()
        if not (await storage.retry_outbox(outbox_id, now) or await storage.retry_file(outbox_id, now)):
            raise BridgeError(f"No parked message has the number {outbox_id}. See: casebridge outbox list")
    return "Queued; it goes out within a second while the bridge runs."
