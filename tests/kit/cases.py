"""Cases, people and desks made by hand, for tests of decisions."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clock import deadlines
from bot.domain.agreement import DEFAULT_LEVELS, Agreement, Corridor, Desk, DeskRole, Party, Urgency
from bot.domain.case import Answer, Case, Deadline, DeadlineKind, Value
from bot.domain.messages import Address
from bot.domain.people import Directory, Person, Role

NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
PARTIES = {
    "KH": Party("KH", "Kingdom of Cambodia", "Asia/Phnom_Penh", countries=("KH",)),
    "CN": Party("CN", "People's Republic of China", "Asia/Shanghai", countries=("CN",)),
    "VN": Party("VN", "Socialist Republic of Viet Nam", "Asia/Ho_Chi_Minh", countries=("VN",)),
}


def a_desk(name: str, role: DeskRole, *addresses: str) -> Desk:
    return Desk(name, name[:2].upper(), role, role.value.capitalize(), tuple(Address.parse(a) for a in addresses))


AGREEMENT = Agreement(
    PARTIES,
    {"KC": Corridor("KC", ("KH", "CN")), "VC": Corridor("VC", ("VN", "CN"))},
    {
        desk.id: desk
        for desk in (
            a_desk("kh-duty", DeskRole.DUTY, "telegram:kh"),
            a_desk("kh-secretariat", DeskRole.SECRETARIAT, "telegram:kh-s"),
            a_desk("cn-duty", DeskRole.DUTY),
            a_desk("cn-night", DeskRole.DUTY, "wecom:night", "email:night@example.org"),
            a_desk("cn-police", DeskRole.POLICE),
            a_desk("cn-secretariat", DeskRole.SECRETARIAT, "wecom:cn-s"),
        )
    },
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_person(number: int, party: str, role: Role, desk: str = "", *addresses: str, **changes: object) -> Person:
    where = tuple(Address.parse(a) for a in (addresses or (f"telegram:{number}",)))
    return replace(Person(number, f"Person {number}", party, role, desk, addresses=where), **changes)  # type: ignore[arg-type]


OFFICER = a_person(1, "KH", Role.OFFICER)
KH_DUTY = a_person(2, "KH", Role.DUTY, "kh-duty")
KH_SUPERVISOR = a_person(3, "KH", Role.SUPERVISOR, "kh-duty")
CN_DUTY = a_person(4, "CN", Role.DUTY, "cn-duty")
CN_SUPERVISOR = a_person(5, "CN", Role.SUPERVISOR, "cn-duty")
CN_POLICE = a_person(6, "CN", Role.DUTY, "cn-police")
VN_DUTY = a_person(7, "VN", Role.DUTY, "vn-duty")
ADMIN = a_person(8, "KH", Role.ADMIN)
OTHER_OFFICER = a_person(9, "KH", Role.OFFICER)
PEOPLE = (OFFICER, KH_DUTY, KH_SUPERVISOR, CN_DUTY, CN_SUPERVISOR, CN_POLICE, VN_DUTY, ADMIN, OTHER_OFFICER)
DIRECTORY = Directory.of(PEOPLE)


class Counter:
    """Makes ids that go up, above those of a case just made."""

    def __init__(self, first: int = 1000) -> None:
        self._numbers = itertools.count(first)

    def __call__(self) -> int:
        return next(self._numbers)


def a_case(**changes: object) -> Case:
    """A case just opened, with its deadlines."""
    plain = Case(
        id=1,
        reference="KC26-M9S34-4",
        corridor="KC",
        reporting="KH",
        requested="CN",
        officer=OFFICER.id,
        place=Address("telegram", "1"),
        opened_at=NOW,
        clock_from=NOW,
    )
    case = replace(plain, **changes)  # type: ignore[arg-type]
    return deadlines.opened(case, DEFAULT_LEVELS[case.urgency], minutes(3), Counter(100))


def with_answers(case: Case, **values: Value) -> Case:
    answers = {f: Answer(n, case.id, f, value, NOW, OFFICER.id) for n, (f, value) in enumerate(values.items())}
    return replace(case, answers=answers)


def due(case: Case, kind: DeadlineKind) -> Deadline:
    found = case.deadline(kind)
    assert found is not None
    return found


U1, U2, U3, U4 = Urgency
