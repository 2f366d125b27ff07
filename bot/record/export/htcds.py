"""A case as rows of the Human Trafficking Case Data Standard (HTCDS) 2.0, one a person, de-identified. Pure.

Names and codes are the standard's own, spelling mistakes too; ``x_`` marks the one code of ours. What the standard has
no column for, and what was answered with "unknown", stands as ``name=code`` in ``cco_CaseComment``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from bot.data.reader import data
from bot.domain.case import Case, ClosureCode, Handoff, HandoffState, Status
from bot.domain.closed_sets import for_each
from bot.domain.fields import FIELDS, UNKNOWN
from bot.domain.frozen import replace
from bot.domain.subjects import REST, one_by_one
from bot.protection.redaction_policy import province_of
from bot.record.export.columns import Cell, Row, Subject, side_and_role

_STANDARD = data("htcds")

#: Attribution, changes made and the extra notice, as the licence asks.
NOTICE: tuple[str, ...] = tuple(_STANDARD["notice"])
#: The standard's codes by field, and ours.
CODES: Mapping[str, tuple[str, ...]] = {f: tuple(c["code"] for c in cs) for f, cs in _STANDARD["codes"].items()}
LOCAL_CODES: Mapping[str, tuple[str, ...]] = {
    f: tuple(c["code"] for c in cs) for f, cs in _STANDARD["local_codes"].items()
}
#: Fields of the standard that may stand in a file of ours.
NAMES: tuple[str, ...] = tuple(f["field"] for f in _STANDARD["fields"])

#: Answers that have no column of their own but are worth keeping as codes.
_COMMENTED = ("age_group", "sex", "state", "consent_police", "consent_diplomatic")
_STATUS = for_each(
    Status,
    {
        Status.OPEN: "Active",
        Status.ACKNOWLEDGED: "Active",
        Status.HANDED_OFF: "FollowUp",
        Status.CLOSED: "Closed",
    },
)

#: What of ours the standard has no column for.
UNMAPPED = (
    "danger_now",
    "differs",
    "situation (but for being held)",
    "category",
    "persons_count",
    "assistance",
    "safe_to_contact",
    "urgency",
    "rules",
    "deadlines",
    "acknowledgment",
    "letters",
)
#: What it has a column for and this file leaves out, because it points to a person or says whom they fear.
LEFT_OUT = (
    "area (but for a known province)",
    "summary",
    "texts",
    "secure case",
    "fears_own_authorities",
    "names of officers",
)


def rows(subject: Subject) -> Iterator[Row]:
    """Write a case as one row a person, in the order of `COLUMNS`."""
    return (tuple(cell(one) for cell in _CELLS.values()) for one in each_person(subject))


def each_person(subject: Subject) -> Iterator[Subject]:
    """The case once for each person, with who they are and what is known of them."""
    for place, (number, one) in enumerate(one_by_one(subject.case), start=1):
        yield replace(subject, case=one, number=number, place=place)


def notes(left_out: tuple[str, ...] = LEFT_OUT) -> Mapping[str, object]:
    """Say in the manifest what a reader must know of the columns."""
    return {
        "standard": "HTCDS 2.0",
        "notice": list(NOTICE),
        "local_codes": {name: list(codes) for name, codes in LOCAL_CODES.items()},
        "unmapped": list(UNMAPPED),
        "left_out": list(left_out),
        "unknown": "An empty cell was not answered, or was answered with unknown: then cco_CaseComment names it after "
        "unknown=. con_Consent is true when the person agreed to police and embassy, false when they refused either, "
        "else empty; cco_CaseComment holds both answers, not_asked and cannot_ask too.",
        "status": "Nobody is more than a possible victim before somebody has assessed it: vic_TraffickingStatus.",
    }


def comment(subject: Subject) -> str:
    """Write what has no column: the reference, and codes as ``name=code``."""
    return "; ".join(f"{name}={said}" for name, said in _said(subject))


def _said(subject: Subject) -> Iterator[tuple[str, str]]:
    case = subject.case
    yield "case", case.reference
    if subject.place > 1 or case.value("persons_count") not in (None, 1, UNKNOWN) or subject.number != REST:
        yield "person", f"{subject.place}/{subject.number}"
    yield from ((name, str(value)) for name in _COMMENTED if (value := case.value(name)) is not None)
    unknown = [f.id for f in FIELDS if f.id in _MAPPED and case.value(f.id) in (UNKNOWN, (UNKNOWN,))]
    if unknown:
        yield "unknown", ",".join(unknown)
    if case.exercise or case.closure is ClosureCode.EXERCISE:
        yield "exercise", "true"


def _codes(name: str) -> Callable[[Subject], Cell]:
    def cell(subject: Subject) -> Cell:
        value = subject.case.value(name)
        codes = value if isinstance(value, tuple) else () if value is None else (str(value),)
        return tuple(code for code in codes if code != UNKNOWN) or None

    return cell


def _country(subject: Subject) -> Cell:
    value = subject.case.value("country")
    return None if value in (None, UNKNOWN) else str(value)


def _province(subject: Subject) -> Cell:
    return province_of(subject.case) or None


def _control(subject: Subject) -> Cell:
    return LOCAL_CODES["vic_MethodsOfControl"] if subject.case.value("situation") == "confined" else None


def _status(subject: Subject) -> Cell:
    is_taken_over = subject.case.closure is ClosureCode.TAKEN_OVER and not subject.case.is_open
    return "ClosedReferred" if is_taken_over else _STATUS[subject.case.status]


def _consent(subject: Subject) -> Cell:
    answers = {subject.case.value("consent_police"), subject.case.value("consent_diplomatic")}
    return False if "no" in answers else True if answers == {"yes"} else None


def _last_contact(subject: Subject) -> Cell:
    value = subject.case.value("last_contact_at")
    return None if value in (None, UNKNOWN) else _day(datetime.fromisoformat(str(value)))


def _referral(case: Case) -> Handoff | None:
    """The newest hand-off that went out."""
    went = (h for h in case.handoffs if h.state not in (HandoffState.DRAFTED, HandoffState.BLOCKED))
    return max(went, key=lambda h: h.id, default=None)


def _referred_to(subject: Subject) -> Cell:
    newest = _referral(subject.case)
    return None if newest is None else f"{subject.case.requested} {newest.channel.value}"


def _referred_on(subject: Subject) -> Cell:
    newest = _referral(subject.case)
    return None if newest is None else _day(newest.sent_at or newest.drafted_at)


def _referral_details(subject: Subject) -> Cell:
    return "; ".join(f"{h.channel.value}={h.state.value}" for h in subject.case.handoffs) or None


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


_CELLS: Mapping[str, Callable[[Subject], Cell]] = {
    "prs_Citizenship": _codes("citizenship"),
    "vic_TraffickingStatus": lambda _subject: "PossibleVictimOfTrafficking",
    "vic_MethodsOfControl": _control,
    "vic_TypeOfExploitation": _codes("exploitation"),
    "cas_Status": _status,
    "cas_ReasonForCaseClosure": lambda subject: subject.case.closure.value if subject.case.closure else None,
    "cas_CaseOwner": lambda subject: side_and_role(subject, subject.case.acknowledged_by),
    "cas_IncomingReferralDate": lambda subject: _day(subject.case.opened_at),
    "cas_ReferredOrganisation": _referred_to,
    "cas_ReasonForOutgoingReferral": lambda subject: "Other" if _referral(subject.case) else None,
    "cas_OutgoingReferralDate": _referred_on,
    "cas_OutgoingReferralDetails": _referral_details,
    "cco_CaseComment": comment,
    "hte_Country": _country,
    "hte_State": _province,
    "hte_Date": _last_contact,
    "con_Consent": _consent,
}
#: Our fields that have a column, whose unknown would look like no answer at all.
_MAPPED = frozenset({"country", "area", "last_contact_at", "exploitation", "citizenship"})

#: The names of all columns, in order.
COLUMNS = tuple(_CELLS)
