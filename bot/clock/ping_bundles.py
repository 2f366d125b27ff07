"""One ping for a case and a recipient: all of it that is late or soon due for them, and the acts open to them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.clock import alerts, deadlines, ping_cap, pings, unacknowledged
from bot.clock.deadline_warnings import warning_at
from bot.clock.escalation_ladder import concerned
from bot.clock.owners import owners
from bot.clock.ping_offers import Asked, Offer, acknowledging, offers
from bot.domain.case import Case, Channel, Deadline, DeadlineKind
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.last_ping import LastPing
from bot.domain.messages import Keyboard, OutgoingKind
from bot.domain.names import link, moment, rows, urgency_name
from bot.domain.recipients import Recipient, named, shown_as
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.permissions import may_whoever_reads
from bot.protection.seen_by import seen_by
from bot.turns.composer import Composer

#: As many buttons as fit under one message on every messenger that has them.
_MOST_BUTTONS = 6


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one recipient reads about a case, and what they can tap."""

    text: str
    buttons: Keyboard


def bundle(c: Composer, case: Case, reader: Recipient, *, late_by: str = "", counts: bool = True) -> Bundle | None:
    """Write it; None where nothing is late or soon due for the reader. `late_by` says that the bridge was down."""
    seen = seen_by(case, reader.party, c.context.agreement)
    listed = [replace(asked, is_counted=counts) for asked in _listed(c, case, seen, reader)]
    if not listed:
        return None
    said = [f"{urgency_name(seen.urgency, 'en')} · {seen.reference}"]
    said += [line for asked in listed for line in pings.lines(asked)]
    said += [*_beside(c, seen, listed), late_by, link(c.context.public_url, seen)]
    return Bundle("\n".join(filter(None, said)), _keyboard(c, seen, reader, listed))


def send(
    c: Composer, case: Case, recipients: Iterable[Recipient], about: Deadline, number: int, planned: datetime
) -> tuple[Case, list[str], list[str]]:
    """Send each of them their ping because of one deadline.

    Returns:
        The case that knows it, who was told, and who is told by a message that gathers pings.
    """
    agreement, pinged = c.context.agreement, dict(case.pinged)
    told: list[str] = []
    gathered: list[str] = []
    key = key_of(c, case, about, number)
    late_by = pings.behind(c, case, planned)
    for reader in recipients:
        said = bundle(c, case, reader, late_by=late_by)
        if said is None or not is_shown(seen_by(case, reader.party, agreement), about):
            continue  # only somebody whom they know nothing of is still waited for
        if ping_cap.is_full(c, case, reader):
            if ping_cap.gather(c, seen_by(case, reader.party, agreement), reader, about, number):
                gathered.append(reader.name)
                pinged[reader.name] = replace(pinged.get(reader.name, LastPing()), at=c.now)
            continue
        sent = c.tell([reader], key, said.text, kind=OutgoingKind.PING, case=case, buttons=said.buttons,
                      deadline_id=about.id)  # fmt: skip
        if sent:
            told.append(reader.name)
            pinged[reader.name] = replace(
                pinged.get(reader.name, LastPing()), key=key, at=c.now, place=reader.addresses[0]
            )
    return replace(case, pinged=pinged), told, gathered


def key_of(c: Composer, case: Case, about: Deadline, number: int) -> str:
    """Make the dedupe key of a ping, without its recipient."""
    theirs = seen_by(case, case.requested or case.reporting, c.context.agreement)
    what = f"{about.kind.value}:{about.id}:{number}"
    return f"case:{case.id}:{what}" if is_shown(theirs, about) else gates.key_of(case, what)


def is_shown(seen: Case, deadline: Deadline) -> bool:
    """Whether a side may know of a deadline."""
    return any(each.id == deadline.id for each in seen.deadlines)


def on_it(c: Composer, case: Case, language: str = "en") -> list[str]:
    """Say who is on a case just now, so that their repeats are silent."""
    agreement, directory = c.context.agreement, c.view.directory
    until: dict[str, datetime] = {}
    for name, last in case.pinged.items():
        reader = named(name, agreement, directory)
        if reader is None or last.quiet_until is None or not last.is_quiet(c.now):
            continue
        who = shown_as(reader.person, agreement) if reader.person is not None else reader.shown
        until[who] = max(until.get(who, last.quiet_until), last.quiet_until)
    return [tr(language, "{who} is on it until {moment}.", who=who, moment=moment(at, case, agreement))
            for who, at in until.items()]  # fmt: skip


def _listed(c: Composer, case: Case, seen: Case, reader: Recipient) -> Iterator[Asked]:
    agreement, directory = c.context.agreement, c.view.directory
    for deadline in deadlines.shown(seen):
        if not deadline.pings and not _is_soon(c, case, deadline):
            continue
        reached = concerned(case, deadline, max(deadline.pings, 1), agreement, directory)
        told = reached.recipients
        if not deadline.pings:
            told = (*told, *owners(case, deadline, agreement, directory))
        if any(reader.name == each.name for each in told):
            yield Asked(c, seen, deadline, reader, is_out_of_reach=reached.is_out_of_reach)


def _is_soon(c: Composer, case: Case, deadline: Deadline) -> bool:
    """Whether its owners were warned of it, or will be before the next ping."""
    policy = case.policy(c.context.agreement)
    at = warning_at(deadline, policy)
    return at is not None and at <= c.now + policy.repeat and deadline.promised_at is None


def _beside(c: Composer, seen: Case, listed: list[Asked]) -> Iterator[str]:
    waits = seen.deadline(DeadlineKind.ACKNOWLEDGE)
    is_listed = any(asked.deadline.kind is DeadlineKind.ACKNOWLEDGE for asked in listed)
    if seen.acknowledged_at is None and seen.requested and waits is not None and waits.pings and not is_listed:
        yield unacknowledged.lapsed(c, seen) or tr("en", "{party} has not acknowledged yet.", party=seen.requested)
    yield from on_it(c, seen)


def _keyboard(c: Composer, seen: Case, reader: Recipient, listed: list[Asked]) -> Keyboard:
    agreement = c.context.agreement
    offered: list[Offer] = []
    if (
        seen.acknowledged_at is None
        and seen.requested
        and may_whoever_reads(reader, Act.ACK, seen, agreement, c.view.directory)
    ):
        offered += acknowledging()
    offered += [offer for asked in listed for offer in offers(asked)]
    last = seen.pinged.get(reader.name)
    is_late = any(asked.deadline.pings and asked.deadline.kind is not DeadlineKind.REVIEW for asked in listed)
    if is_late and not (last is not None and last.is_quiet(c.now)):
        offered.append((tr("en", "I am on it"), Act.ONIT, ""))
    offered.append((tr("en", "Show case"), "case", ""))
    offered = list(dict.fromkeys(offered))
    if len(offered) > _MOST_BUTTONS:
        offered = [offer for offer in offered if offer[1] != Act.ASSIGN]
    return rows([alerts.act_button(seen, *offer) for offer in _told_apart(offered, listed)])


def _told_apart(offered: list[Offer], listed: list[Asked]) -> list[Offer]:
    """Name the channel on each button where more than one is spoken of."""
    if len({asked.channel for asked in listed if asked.channel is not None}) < 2:
        return offered
    channels = {channel.value for channel in Channel}
    return [(f"{label} ({word})" if word in channels else label, act, word) for label, act, word in offered]
