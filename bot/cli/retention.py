"""Commands about what is kept: a list of what goes, the purge itself, and forgetting somebody at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from bot.app import essentials
from bot.app.key_vault import files_of, vault_of
from bot.cli.database import opened, write
from bot.cli.people import person_of
from bot.cli.record import case_of
from bot.config.model import Settings
from bot.domain.errors import BridgeError
from bot.domain.journal import NO_CASE, Entry
from bot.domain.journal_acts import JournalAct
from bot.domain.time_words import as_utc
from bot.jobs.purge import Listed, Purger, Surroundings, forget_case

Say = Callable[[str], None]

#: How far ahead a list looks.
AHEAD = timedelta(days=30)
FORGOTTEN = "(forgotten)"
_SHOWN = {
    "tier2": "free texts and what identifies somebody",
    "case": "the whole case",
    "drill": "the whole drill",
}


def _surroundings(settings: Settings, by: str) -> Surroundings:
    chance, files = essentials.chance(), files_of(settings, vault_of(settings))
    return Surroundings(settings.retention.rules(), essentials.clock, chance.new_id, chance.salt, f"cli:{by}", files)


async def dry_run(settings: Settings, by: str, say: Say) -> None:
    """List what is due now or within 30 days, with counts, and change nothing."""
    now = essentials.clock()
    async with opened(settings) as storage:
        purger = Purger(storage, _surroundings(settings, by))
        found: Counter[str] = Counter()
        async for listed in purger.listed(now + AHEAD):
            is_held = listed.case.held_at is not None
            when = "held" if is_held else "due now" if listed.due.at <= now else f"due {as_utc(listed.due.at)}"
            found[when.partition(" 2")[0]] += 1
            say(f"{listed.case.reference}  {when}  {_SHOWN[listed.due.rule.value]}  {_counted(listed)}")
        messages = await purger.unassigned()
    say(f"Cases due now: {found['due now']}. Within 30 days: {found['due']}. On legal hold: {found['held']}.")
    say(f"Messages about no case, due now: {messages}. Nothing was changed.")


def _counted(listed: Listed) -> str:
    return ", ".join(f"{table} {number}" for table, number in listed.rows.items()) or "nothing left"


async def purge(settings: Settings, by: str, say: Say) -> None:
    """Let go of what is due now, telling each case as it is done."""
    async with opened(settings) as storage:
        purger = Purger(storage, _surroundings(settings, by))
        cases = 0
        async for listed in purger.run():
            cases += 1
            say(f"{listed.case.reference}  {_SHOWN[listed.due.rule.value]}  {_counted(listed)}")
        messages = await purger.purge_unassigned()
        await purger.finish()
    say(f"Purged: cases {cases}, messages about no case {messages}.")


async def forget(settings: Settings, text: str, reason: str, by: str) -> str:
    """Let go of what identifies the person of a case, at once."""
    async with opened(settings) as storage:
        case = await case_of(storage, settings, text)
        purger = Purger(storage, _surroundings(settings, by))
        gone = await forget_case(purger, case)
        # The record of the purge holds counts only and stays for ever; the reason goes with the rest one day.
        await write(settings, storage, by, lambda c: c.journal(JournalAct.FORGOTTEN, case, reason=reason))
        await purger.finish()
    return f"{case.reference}: forgotten. Rows that lost something: {sum(gone.values())}."


async def forget_person(settings: Settings, named: str, reason: str, by: str) -> str:
    """Take the name and the bindings of an enrolled person who left."""
    async with opened(settings) as storage:
        person = await person_of(storage, named)
        if person.is_active:
            raise BridgeError(f"{person.name} is still enrolled. First: casebridge revoke {named}")
        around = _surroundings(settings, by)
        details = {"person": person.id, "reason": reason}
        now, salt = essentials.clock(), around.salt()
        record = Entry(
            around.new_id(), NO_CASE, now, around.actor, JournalAct.PERSON_FORGOTTEN, details=details, salt=salt
        )
        purger = Purger(storage, around)
        await purger.begin()
        await storage.forget_person(person.id, FORGOTTEN, record)
        await purger.finish()
    return f"The person with the number {person.id} is forgotten; what they did stays on record under the number."
