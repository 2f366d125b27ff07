"""What `casebridge check` says of a configuration that is right, and with `--live` of what stands behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from bot.app import essentials
from bot.app.messengers import Wiring, adapters_of, translator_of
from bot.config.model import Settings
from bot.domain.agreement import Agreement, Desk
from bot.domain.errors import BridgeError, SendError, StorageError
from bot.domain.people import Directory
from bot.domain.recipients import at_desk
from bot.ports.messengers import Adapter, Probes
from bot.ports.storage import Storage

_PATIENCE = 20.0  #: seconds that a messenger gets to answer
_LEASE = timedelta(seconds=1)
_TWO_WORDS = "你好，世界"  #: to be drafted in English

Say = Callable[[str], None]


def summary(settings: Settings) -> list[str]:
    """Say that it is right, and which desks are told only where somebody enrolled."""
    lines = [f"The configuration is right: {len(settings.parties)} parties, {len(settings.desks)} desks."]
    bare = [desk.id for desk in settings.desks if not desk.addresses]
    if bare:
        lines.append(f"Without an address, so told only where people of theirs enrol: {', '.join(bare)}.")
    return lines


async def live(settings: Settings, say: Say) -> None:
    """Ask the database and each messenger, a line each. Raises `BridgeError` in the end when something is wrong."""
    storage = essentials.storage_of(settings)
    try:
        is_down = await _database(storage, say)
        wrong = [is_down, *await _messengers(settings, storage, say), await _translation(settings, say)]
        if not is_down:
            wrong += _desks(settings.agreement(), await storage.directory(), say)
    finally:
        await storage.stop()
    if count := sum(wrong):
        raise BridgeError(f"{count} {'thing' if count == 1 else 'things'} of these must be mended.")


async def _database(storage: Storage, say: Say) -> bool:
    """Open it, write a row, and delete that again."""
    name = f"check:{essentials.owner()}"
    try:
        await storage.start()
        await storage.take_lease(name, name, essentials.clock(), _LEASE)
        await storage.release_lease(name, name)
    except StorageError as error:
        say(f"database: {error}")
        return True
    say("database: ok, a row was written and deleted again.")
    return False


async def _messengers(settings: Settings, storage: Storage, say: Say) -> list[bool]:
    adapters = adapters_of(Wiring(settings, essentials.node_of(storage))).all
    return [await _messenger(name, adapter, say) for name, adapter in adapters.items()]


async def _messenger(name: str, adapter: Adapter, say: Say) -> bool:
    if not isinstance(adapter, Probes):
        return False
    try:
        async with asyncio.timeout(_PATIENCE):
            answer = await adapter.probe()
    except (SendError, TimeoutError) as error:
        say(f"{name}: {error.reason if isinstance(error, SendError) else 'No answer.'}")
        return True
    finally:
        await adapter.stop()
    say(f"{name}: {answer}")
    return False


async def _translation(settings: Settings, say: Say) -> bool:
    """Let two words be drafted, where a program or server is set up."""
    translator = translator_of(settings)
    if translator is None:
        return False
    try:
        await translator.start()
        await translator.in_english(_TWO_WORDS)
    except SendError as error:
        say(f"translation: {error.reason}")
        return True
    finally:
        await translator.stop()
    say("translation: ok, two words came back in English letters.")
    return False


def _desks(agreement: Agreement, directory: Directory, say: Say) -> Iterable[bool]:
    for desk in agreement.desks.values():
        if not _reaches(desk, directory):
            invite = f"casebridge invite --party {desk.party} --role duty --desk {desk.id} --name NAME"
            remedy = f"Give it an address, or enrol somebody: {invite}"
            say(f"desk {desk.id}: reaches nobody. {remedy}")
            yield True


def _reaches(desk: Desk, directory: Directory) -> bool:
    return any(recipient.addresses for recipient in at_desk(desk, directory))
