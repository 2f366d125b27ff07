"""What is wrong, read off what the database showed and off this process. Pure: the same for the program and a cron."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.domain.audit import GRACE, Chain, Check, Finding, Sighted
from bot.domain.backups import OLD
from bot.domain.time_words import span
from bot.domain.verify_journal import Head
from bot.language.texts import tr

#: A process of the bridge writes that it lives at least once a minute.
SILENT = timedelta(minutes=3)
#: Seconds by which a clock may go another way than the one that nobody sets.
CLOCK_LIMIT = 5.0


def of_cases(sighted: Sighted) -> Iterator[Finding]:
    """What is wrong with cases."""
    for check, cases in (
        (Check.DEADLINE, sighted.lost),
        (Check.UNWRITTEN, sighted.unwritten),
        (Check.UNSENT, sighted.unsent),
        (Check.UNSAID, sighted.unsaid),
    ):
        if cases:
            yield Finding(check, cases)


def of_database(sighted: Sighted, seen: Mapping[str, Head], *, backs_up: bool) -> Iterator[Finding]:
    """What is wrong with the record, its moments and its backups."""
    broken = [name for name, chain in sighted.chains.items() if not holds(chain, seen.get(name))]
    if broken:
        yield Finding(
            Check.JOURNAL,
            fact=tr("en", "the record is shorter or another than it was: {chains}", chains=", ".join(broken)),
        )
    elif not _grows(sighted):
        yield Finding(Check.JOURNAL, fact=tr("en", "pings were written that are not in the record"))
    newest = max(filter(None, (sighted.last_entry, sighted.last_beat)), default=sighted.now)
    if newest - sighted.now > GRACE:
        ahead = span(newest - sighted.now)
        yield Finding(
            Check.CLOCK,
            fact=tr("en", "the clock was set back: what was written last is {ahead} ahead of it", ahead=ahead),
        )
    if backs_up and (old := _backup(sighted)):
        yield Finding(Check.BACKUP, fact=old)


def holds(chain: Chain, seen: Head | None) -> bool:
    """Whether a chain ends with its head, and still holds what was its head before."""
    if chain.head is None or chain.head != chain.last:
        return False
    return seen is None or (chain.head.sequence >= seen.sequence and chain.seen == seen.hash)


def _grows(sighted: Sighted) -> bool:
    """Whether the newest entry is no older than the newest ping: both are written together."""
    if sighted.last_ping is None:
        return True
    return sighted.last_entry is not None and sighted.last_entry >= sighted.last_ping


def _backup(sighted: Sighted) -> str:
    """Say how old the last backup is; nothing where a bridge had no night for one yet."""
    since = sighted.last_backup or sighted.first_entry
    if since is None or sighted.now - since <= OLD:
        return ""
    if sighted.last_backup is None:
        return tr("en", "there is no good backup yet")
    return tr("en", "the last good backup is {age} old", age=span(sighted.now - since))


def of_life(sighted: Sighted) -> Iterator[Finding]:
    """Whether a process of the bridge lives, for somebody who is none."""
    if sighted.last_beat is None or sighted.now - sighted.last_beat > SILENT:
        yield Finding(Check.TICKS, fact=_lifeless(sighted))


def _lifeless(sighted: Sighted) -> str:
    if sighted.last_beat is None:
        return tr("en", "no process of the bridge ever wrote that it lives")
    age = span(sighted.now - sighted.last_beat)
    return tr("en", "no process of the bridge wrote that it lives for {age}", age=age)


def of_ticks(still: Mapping[str, float]) -> Iterator[Finding]:
    """Which ticks of this process stand still."""
    if still:
        age, names = _long(max(still.values())), ", ".join(sorted(still))
        yield Finding(
            Check.TICKS,
            fact=tr("en", "what must run by itself stands still for {age}: {names}", age=age, names=names),
            here=True,
        )


def of_clock(before: tuple[datetime, float] | None, wall: datetime, monotonic: float) -> Iterator[Finding]:
    """Whether the clock of this machine was set since it was last looked at."""
    if before is None:
        return
    by = (wall - before[0]).total_seconds() - (monotonic - before[1])
    if abs(by) > CLOCK_LIMIT:
        yield Finding(Check.CLOCK, fact=_set(by), here=True)


def _set(by: float) -> str:
    if by < 0:
        return tr("en", "the clock of a machine was set back by {time}", time=_long(-by))
    return tr("en", "the clock of a machine was set forward by {time}, or the machine stood still", time=_long(by))


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else span(timedelta(seconds=seconds))
