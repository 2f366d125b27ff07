"""Words that many messages share: how deadlines, urgencies, channels and codes are named to people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.agreement import Agreement, Party, Urgency
from bot.domain.case import Case, Channel, ClosureCode, Deadline, DeadlineKind, RefusalCode, Status
from bot.domain.closed_sets import for_each
from bot.domain.likeness import Likeness
from bot.domain.messages import Button, DeliveryState, Keyboard
from bot.domain.time_words import both_times, span
from bot.domain.time_words import clocks as clocks_of
from bot.domain.triage import decisive
from bot.language.texts import later, tr

_MINUTE = timedelta(minutes=1)
_URGENCY = for_each(
    Urgency,
    {
        Urgency.U1: later("U1 immediate"),
        Urgency.U2: later("U2 urgent"),
        Urgency.U3: later("U3 priority"),
        Urgency.U4: later("U4 routine"),
    },
)
_DEADLINE = for_each(
    DeadlineKind,
    {
        DeadlineKind.ALERT: later("tell the desks"),
        DeadlineKind.INTAKE: later("ask for what is missing"),
        DeadlineKind.OPERATION: later("confirm the joint operation"),
        DeadlineKind.REFERRAL: later("answer the referral"),
        DeadlineKind.ACKNOWLEDGE: later("acknowledge"),
        DeadlineKind.POLICE: later("police channel"),
        DeadlineKind.DIPLOMATIC: later("diplomatic channel"),
        DeadlineKind.ANSWER: later("answer the hand-off"),
        DeadlineKind.STOP: later("confirm that it has stopped"),
        DeadlineKind.REPLY: later("answer the question"),
        DeadlineKind.WRITTEN: later("confirm in writing"),
        DeadlineKind.REVIEW: later("review"),
    },
)
_CHANNEL = for_each(Channel, {Channel.POLICE: later("police channel"), Channel.DIPLOMATIC: later("diplomatic channel")})
_STATUS = for_each(
    Status,
    {
        Status.OPEN: later("open, nobody has acknowledged"),
        Status.ACKNOWLEDGED: later("acknowledged"),
        Status.HANDED_OFF: later("accepted by a formal channel"),
        Status.CLOSED: later("closed"),
    },
)
_CLOSURE = for_each(
    ClosureCode,
    {
        ClosureCode.FOUND_SAFE: later("Found safe"),
        ClosureCode.RESCUED: later("Rescued"),
        ClosureCode.RETURNED: later("Returned home"),
        ClosureCode.TAKEN_OVER: later("Taken over by a formal channel"),
        ClosureCode.NOT_TRAFFICKING: later("Not trafficking"),
        ClosureCode.NO_FURTHER_INFORMATION: later("No further information"),
        ClosureCode.PERSON_WITHDREW: later("The person withdrew"),
        ClosureCode.DUPLICATE: later("Duplicate of another case"),
        ClosureCode.ERROR: later("Opened in error"),
        ClosureCode.EXERCISE: later("Exercise"),
    },
)
_REFUSAL = for_each(
    RefusalCode,
    {
        RefusalCode.OUTSIDE_PURPOSE: later("outside the purpose of the agreement"),
        RefusalCode.HARM: later("it would harm an investigation or somebody's safety"),
        RefusalCode.NOT_AVAILABLE: later("what is asked is not available"),
        RefusalCode.DISPROPORTIONATE: later("it would be disproportionate"),
        RefusalCode.JUDICIAL_PERMISSION: later("it needs a judge's permission"),
    },
)
_LIKENESS = for_each(
    Likeness,
    {
        Likeness.PHONE: later("same phone number"),
        Likeness.DOCUMENT: later("same travel document"),
        Likeness.APP: later("same name in an app"),
        Likeness.SPOT: later("same exact place"),
        Likeness.NAME: later("names that are alike"),
        Likeness.PLACE: later("same place, exploitation and days"),
        Likeness.WORDS: later("the same officer's words within the hour"),
    },
)
_DELIVERY = for_each(
    DeliveryState,
    {
        DeliveryState.QUEUED: later("waits to be sent"),
        DeliveryState.SENT: later("sent, not known to be read"),
        DeliveryState.SEEN: later("seen"),
        DeliveryState.WINDOW_CLOSED: later("waits: the messenger allows no message now"),
        DeliveryState.PARKED: later("could not be sent"),
        DeliveryState.DROPPED: later("not needed any more"),
    },
)
_RULES = {
    "R1": later("somebody is in immediate danger"),
    "R2": later("the person is being moved or escaped and is not safe"),
    "R3": later("a child, or somebody of unknown age, is held or out of contact"),
    "R4": later("organ removal is suspected"),
    "R5": later("a departure must be stopped"),
    "R6": later("the person is held or out of contact"),
    "R7": later("a child, or somebody of unknown age"),
    "R8": later("danger and situation are not known yet"),
    "R9": later("rescue, medical care or shelter is asked for"),
    "R10": later("no rule for a higher level applies"),
    "by hand": later("set by hand"),
}


_MESSENGERS = {
    "telegram": later("Telegram"),
    "wechat": later("WeChat"),
    "wecom": later("WeCom"),
    "web": later("web chat"),
    "email": later("e-mail"),
}


#: What every message about an exercise begins with; whoever reads it may have no language in common with the writer.
_EXERCISE = "EXERCISE"


def messenger_name(messenger: str, language: str) -> str:
    """Name a messenger."""
    return tr(language, _MESSENGERS.get(messenger, messenger))


def marked_exercise(text: str) -> str:
    """Say above a text that nobody is in danger: the same word in every language, and once."""
    return text if is_exercise(text) else f"{_EXERCISE} · {text}"


def is_exercise(text: str) -> bool:
    """Whether it is said above a text."""
    return text.startswith(_EXERCISE)


def urgency_name(urgency: Urgency, language: str) -> str:
    """Name a level: ``U1 immediate``."""
    return tr(language, _URGENCY[urgency])


def deadline_name(deadline: Deadline, language: str) -> str:
    """Name a deadline: ``police channel``."""
    return tr(language, _DEADLINE[deadline.kind])


def channel_name(channel: Channel, language: str) -> str:
    """Name a formal channel."""
    return tr(language, _CHANNEL[channel])


def refusal_name(code: RefusalCode, language: str) -> str:
    """Say why a channel refuses."""
    return tr(language, _REFUSAL[code])


def status_name(status: Status, language: str) -> str:
    """Name a case's status."""
    return tr(language, _STATUS[status])


def standing_name(case: Case, language: str) -> str:
    """Say where a case stands; that an acknowledgment has lapsed is not that nobody gave one."""
    if case.status is Status.OPEN and case.lapsed_at is not None:
        return tr(language, "open, the acknowledgment has lapsed")
    return status_name(case.status, language)


def delivery_name(state: DeliveryState, language: str) -> str:
    """Name how far a message has come."""
    return tr(language, _DELIVERY[state])


def closure_name(code: ClosureCode, language: str) -> str:
    """Name a closure code."""
    return tr(language, _CLOSURE[code])


def likeness_name(by: Likeness, language: str) -> str:
    """Name by what two cases are alike."""
    return tr(language, _LIKENESS[by])


def reasons(case: Case, language: str) -> str:
    """Say why a case has its level: the rules that put it there, not those of lower levels."""
    return "; ".join(tr(language, _RULES.get(rule, rule)) for rule in decisive(case.rules, case.urgency))


def sides(case: Case, agreement: Agreement) -> tuple[Party, ...]:
    """The parties whose local times are shown, the reporting side first."""
    codes = [case.reporting, *([case.requested] if case.requested else [])]
    return tuple(agreement.parties[c] for c in codes if c in agreement.parties)


def moment(when: datetime, case: Case, agreement: Agreement) -> str:
    """Write a moment in both sides' local time."""
    return both_times(when, sides(case, agreement), since=case.opened_at)


def clocks(when: datetime, case: Case, agreement: Agreement) -> str:
    """Write the time of day of both sides."""
    return clocks_of(when, sides(case, agreement), since=case.opened_at)


def lateness(due: datetime, now: datetime, language: str) -> str:
    """Say how far off or how late a due moment is."""
    if abs(now - due) < _MINUTE:
        return tr(language, "now")
    if now < due:
        return tr(language, "in {span}", span=span(due - now))
    return tr(language, "{span} late", span=span(now - due))


def rows(buttons: Sequence[Button], width: int = 2) -> Keyboard:
    """Lay buttons out in rows of at most `width`; long labels get a row of their own."""
    laid: list[list[Button]] = []
    for button in buttons:
        if laid and len(laid[-1]) < width and len(button.label) <= 18 and len(laid[-1][-1].label) <= 18:
            laid[-1].append(button)
        else:
            laid.append([button])
    return tuple(tuple(row) for row in laid)


def link(public_url: str, case: Case) -> str:
    """The page of a case."""
    return f"{public_url.rstrip('/')}/cases/{case.reference}"
