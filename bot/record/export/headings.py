"""What the columns of the case log are called for people, and what their codes mean. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from bot.clock.deadline_outcomes import Outcome
from bot.domain.agreement import Urgency
from bot.domain.case import Channel, ClosureCode, HandoffState, RefusalCode, Status
from bot.domain.closed_sets import for_each
from bot.domain.countries import NAMES
from bot.domain.fields import field, is_field
from bot.domain.names import closure_name, refusal_name, status_name, urgency_name
from bot.language.texts import later, tr

Codes = Sequence[tuple[str, str]]

_LANGUAGE = "en"
_PLAIN = {
    "reference": later("Reference"),
    "corridor": later("Corridor"),
    "reporting": later("Reporting party"),
    "requested": later("Requested party"),
    "status": later("Status"),
    "urgency": later("Urgency"),
    "rules": later("Urgency rules that fired"),
    "exercise": later("Exercise"),
    "country_outside_corridor": later("Country outside the corridor"),
    "opened_at": later("Opened"),
    "sent_at": later("Intake sent"),
    "alerted_at": later("First desk told"),
    "alerted_requested_at": later("Requested party told"),
    "acknowledged_at": later("First acknowledged"),
    "minutes_to_acknowledge": later("Minutes to acknowledge"),
    "acknowledged_by": later("First acknowledged by"),
    "stood_down_at": later("Stood down"),
    "diplomatic_not_needed_at": later("Diplomatic channel not needed since"),
    "closed_at": later("Closed"),
    "closure": later("Closure"),
    "closed_by": later("Closed by"),
    "persons_by_age": later("Persons by age group"),
    "persons_by_state": later("Persons by state"),
}
#: What begins the names of columns that belong together.
_GROUPS = {
    "deadline_acknowledge_": later("Deadline to acknowledge"),
    "deadline_police_": later("Deadline of the police channel"),
    "deadline_diplomatic_": later("Deadline of the diplomatic channel"),
    "deadline_written_police_": later("Deadline to confirm to the police channel in writing"),
    "deadline_written_diplomatic_": later("Deadline to confirm to the diplomatic channel in writing"),
    "deadline_review_": later("Deadline of the review"),
    f"{Channel.POLICE.value}_": later("Police channel"),
    f"{Channel.DIPLOMATIC.value}_": later("Diplomatic channel"),
}
_WITHIN = {
    "state": later("state"),
    "drafted_at": later("drafted"),
    "sent_at": later("sent"),
    "accepted_at": later("accepted"),
    "formal_reference": later("formal reference"),
    "returned_at": later("last returned"),
    "returns": later("times returned"),
    "letter_at": later("letter recorded"),
    "letter_reference": later("reference of the letter"),
    "refusal": later("why refused"),
    "withdrawn_at": later("taken back"),
    "stopped_at": later("stopped"),
    "due_at": later("due"),
    "settled_at": later("met or ended"),
    "outcome": later("outcome"),
    "pings": later("pings"),
}
_OUTCOMES = for_each(
    Outcome,
    {
        Outcome.IN_TIME: later("met by its due moment"),
        Outcome.LATE: later("met after it"),
        Outcome.OVERDUE: later("passed and not met yet"),
        Outcome.RUNNING: later("not due yet"),
        Outcome.ENDED: later("ended before it was due, by a closure or a stand-down"),
        Outcome.ENDED_OVERDUE: later("passed, then ended without having been met"),
    },
)
_STATES = for_each(
    HandoffState,
    {
        HandoffState.DRAFTED: later("something is missing before it may be sent"),
        HandoffState.BLOCKED: later("drafted; only a decision can open its gate"),
        HandoffState.SENT: later("sent, not accepted yet"),
        HandoffState.ACCEPTED: later("accepted by a named officer with a formal reference"),
        HandoffState.RETURNED: later("returned; its deadline runs again"),
        HandoffState.WITHDRAWN: later("taken back by the reporting party"),
    },
)


def heading(name: str) -> str:
    """Name a column for people; a column that has no name of ours is its own."""
    if name in _PLAIN:
        return tr(_LANGUAGE, _PLAIN[name])
    if is_field(name):
        return field(name).label
    group, within = _parts(name)
    return f"{tr(_LANGUAGE, _GROUPS[group])}: {tr(_LANGUAGE, _WITHIN[within])}" if group else name


@cache
def code_list(name: str) -> Codes:
    """List the codes that may stand in a column with what they mean; none for columns without codes."""
    if name in _LISTS:
        return tuple(_LISTS[name]())
    if name in _OF_COUNTRIES:
        return (*sorted(NAMES.items()), *_unknown(name))
    if is_field(name):
        return tuple((choice.code, choice.label) for choice in field(name).choices)
    _, within = _parts(name)
    return tuple(_LISTS_WITHIN[within]()) if within in _LISTS_WITHIN else ()


def _parts(name: str) -> tuple[str, str]:
    group = next((each for each in _GROUPS if name.startswith(each) and name.removeprefix(each) in _WITHIN), "")
    return group, name.removeprefix(group) if group else ""


def _unknown(name: str) -> Iterable[tuple[str, str]]:
    is_answer = is_field(name) and field(name).may_be_unknown
    return (("unknown", tr(_LANGUAGE, "asked, and not known")),) if is_answer else ()


_OF_COUNTRIES = ("country", "citizenship", "country_outside_corridor")
_LISTS: Mapping[str, Callable[[], Iterable[tuple[str, str]]]] = {
    "status": lambda: ((each.value, status_name(each, _LANGUAGE)) for each in Status),
    "urgency": lambda: ((each.value, urgency_name(each, _LANGUAGE)) for each in Urgency),
    "closure": lambda: ((each.value, closure_name(each, _LANGUAGE)) for each in ClosureCode),
    "persons_by_age": lambda: code_list("age_group"),
    "persons_by_state": lambda: ((each.code, each.label) for each in field("state").choices),
}
_LISTS_WITHIN: Mapping[str, Callable[[], Iterable[tuple[str, str]]]] = {
    "state": lambda: ((each.value, tr(_LANGUAGE, _STATES[each])) for each in HandoffState),
    "refusal": lambda: ((each.value, refusal_name(each, _LANGUAGE)) for each in RefusalCode),
    "outcome": lambda: ((each.value, tr(_LANGUAGE, _OUTCOMES[each])) for each in Outcome),
}
