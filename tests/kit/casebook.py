"""Cases as a period leaves them behind, and a storage that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.agreement import Agreement, Corridor, Party
from bot.domain.case import (
    Answer,
    Case,
    CaseText,
    Channel,
    Deadline,
    DeadlineKind,
    DeadlineState,
    Handoff,
    HandoffState,
    TextKind,
    Value,
)
from bot.domain.guarded import Guarded
from bot.domain.messages import Address
from bot.domain.people import Person, Role
from bot.domain.turn import Turn
from bot.ports.storage import Storage

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 4, 1, tzinfo=UTC)
NOW = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)
OFFICER = Person(1, "Sok Dara", "KH", Role.OFFICER)
DUTY = Person(2, "Li Wei", "CN", Role.DUTY, desk="cn-duty")
AGREEMENT = Agreement(
    parties={
        "KH": Party("KH", "Kingdom of Cambodia", "Asia/Phnom_Penh"),
        "CN": Party("CN", "People's Republic of China", "Asia/Shanghai"),
        "VN": Party("VN", "Socialist Republic of Viet Nam", "Asia/Ho_Chi_Minh"),
    },
    corridors={"KC": Corridor("KC", ("KH", "CN")), "VC": Corridor("VC", ("VN", "CN"))},
    desks={},
)
ANSWERS: Mapping[str, Value] = {
    "danger_now": "yes",
    "situation": "confined",
    "age_group": "12_17",
    "country": "CN",
    "area": Guarded("Jiangxi, Nanchang"),
    "exploitation": ("ForcedMarriage", "Servitude"),
    "citizenship": ("KH",),
    "consent_police": "no",
    "consent_diplomatic": "not_asked",
    "safe_to_contact": "unknown",
    "fears_own_authorities": "yes",
    "summary": Guarded("Her sister Chan wrote from a flat."),
}


#: Within which the review of a case is due whose deadlines are of no interest.
_NEVER = timedelta(days=3650)


def clock() -> datetime:
    return NOW


def a_case(number: int, *, after: timedelta = timedelta(), **changes: Any) -> Case:
    """An open case of the period with nothing settled; `after` the period's first moment."""
    opened = SINCE + after
    plain = Case(
        id=number,
        reference=f"KC26-{number:05d}-4",
        corridor="KC",
        reporting="KH",
        requested="CN",
        officer=OFFICER.id,
        place=Address("telegram", "1001"),
        opened_at=opened,
        clock_from=opened,
    )
    return replace(plain, **changes)


def answered(case: Case, answers: Mapping[str, Value] = ANSWERS) -> Case:
    given = {
        name: Answer(case.id * 100 + at, case.id, name, value, case.opened_at, OFFICER.id)
        for at, (name, value) in enumerate(answers.items())
    }
    return replace(case, answers=given)


def due(case: Case, kind: DeadlineKind, within: timedelta, settled: timedelta | None = None, **changes: Any) -> Case:
    """Add a deadline; `settled` after the opening means met then."""
    number = case.id * 100 + len(case.deadlines)
    due_at = case.opened_at + within
    plain = Deadline(number, case.id, kind, due_at, due_at)
    if settled is not None:
        plain = replace(plain, state=DeadlineState.MET, settled_at=case.opened_at + settled, next_at=None)
    return replace(case, deadlines=(*case.deadlines, replace(plain, **changes)))


def accepted(case: Case, channel: Channel, after: timedelta, **changes: Any) -> Case:
    """Add a hand-off that was accepted so long after the opening."""
    number = case.id * 100 + len(case.handoffs)
    at = case.opened_at
    plain = Handoff(
        number,
        case.id,
        channel,
        HandoffState.ACCEPTED,
        "cn-duty",
        DUTY.id,
        drafted_at=at,
        sent_at=at,
        accepted_at=at + after,
        accepting_officer=Guarded("Wang Min"),
        formal_reference="MPS-2026-77",
    )
    return replace(case, handoffs=(*case.handoffs, replace(plain, **changes)))


async def keep(storage: Storage, cases: Iterable[Case]) -> None:
    """Store the people and these cases with a free text each; none of them silent."""
    if not (await storage.directory()).people:
        await storage.apply([Turn(people=(OFFICER, DUTY))])
    kept = tuple(case if case.is_watched else due(case, DeadlineKind.REVIEW, _NEVER) for case in cases)
    texts = tuple(
        CaseText(
            c.id * 100 + 99,
            c.id,
            TextKind.FIRST,
            Guarded("urgent, girl 16, sister of Chan"),
            c.opened_at,
            OFFICER.id,
            "KH",
        )
        for c in kept
    )
    answers = tuple(answer for case in kept for answer in case.answers.values())
    await storage.apply([Turn(cases=kept, new_cases=frozenset(c.id for c in kept), answers=answers, texts=texts)])
