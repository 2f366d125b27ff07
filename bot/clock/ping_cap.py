"""Nobody is flooded: above so many pings an hour the rest is gathered into one message. U1 is never gathered. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import alerts
from bot.domain.agreement import Urgency
from bot.domain.case import Case, Deadline
from bot.domain.frozen import replace
from bot.domain.heard_pings import GATHERED
from bot.domain.messages import Outgoing, OutgoingKind, Priority
from bot.domain.names import deadline_name, moment, rows
from bot.domain.recipients import Recipient
from bot.language.texts import tr
from bot.turns.composer import Composer

#: So long the first one waits for what falls due together.
FIRST_AFTER = timedelta(minutes=1)
#: So far apart two of them are, and no further than the repeat of the case whose ping waits.
APART = timedelta(minutes=15)
_MOST_BUTTONS = 6
#: As many lines as are read on a phone at night, and fit into one message on every messenger.
_MOST_LINES = 20


def is_full(c: Composer, case: Case, reader: Recipient) -> bool:
    """Whether somebody has had as many pings within the hour as they are to have one by one."""
    most = c.context.pings_per_hour
    return case.urgency is not Urgency.U1 and most > 0 and c.view.heard_pings(reader.name).count >= most


def gather(c: Composer, seen: Case, reader: Recipient, about: Deadline, number: int) -> bool:
    """Say it in the message that gathers; returns whether the reader has an address."""
    if not reader.addresses:
        return False
    heard = c.view.heard_pings(reader.name)
    line = tr("en", "{urgency} · {reference} · {deadline}: due {moment}", urgency=seen.urgency.value,
              reference=seen.reference, deadline=deadline_name(about, "en"),
              moment=moment(about.due_at, seen, c.context.agreement))  # fmt: skip
    apart = min(APART, seen.policy(c.context.agreement).repeat)
    if heard.waiting is None or _moment(heard.waiting, c.now) > c.now + apart:
        at = _not_before(c.now, heard.gathered, apart)
        c.send(_first(c, seen, reader, line, f"{about.id}:{number}", at))
    else:
        c.say_anew(heard.waiting, _longer(seen, heard.waiting, line))
    return True


def _moment(gathered: Outgoing | None, otherwise: datetime) -> datetime:
    return gathered.not_before if gathered is not None and gathered.not_before is not None else otherwise


def _not_before(now: datetime, last: Outgoing | None, apart: timedelta) -> datetime:
    """When the next one is sent: never later than this, also where another node's clock was wrong."""
    after = _moment(last, now - apart) + apart
    return min(max(now + min(FIRST_AFTER, apart), after), now + apart)


def _first(c: Composer, seen: Case, reader: Recipient, line: str, which: str, at: datetime) -> Outgoing:
    lead = tr("en", "More than {count} pings in an hour, so the rest is in one message. These are late too:",
              count=c.context.pings_per_hour)  # fmt: skip
    return Outgoing(
        id=c.context.new_id(),
        dedupe_key=f"{GATHERED}{seen.id}:{which}:{reader.name}",
        kind=OutgoingKind.PING,
        recipient=reader.name,
        address=reader.addresses[0],
        others=reader.addresses[1:],
        text="\n".join((lead, line, tr("en", "All that is late: /overdue"))),
        buttons=rows([alerts.act_button(seen, seen.reference, "case")]),
        priority=Priority[seen.urgency.value],
        case_id=seen.id,
        created_at=c.now,
        not_before=at,
    )


def _longer(seen: Case, waiting: Outgoing, line: str) -> Outgoing:
    lead, *lines, last = waiting.text.split("\n")
    said = [each for each in lines if each != line]
    if len(said) == _MOST_LINES:
        return replace(waiting, text="\n".join((lead, *said, tr("en", "More is late than fits here: /overdue"))))
    buttons = [button for row in waiting.buttons for button in row]
    if len(buttons) < _MOST_BUTTONS and all(button.label != seen.reference for button in buttons):
        buttons.append(alerts.act_button(seen, seen.reference, "case"))
    return replace(waiting, text="\n".join((lead, *said, line, last)), buttons=rows(buttons))
