"""Who is pinged about what, rung by rung, and what happens where nobody is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock.escalation_ladder import audience
from bot.domain.agreement import Agreement
from bot.domain.case import Channel, Deadline, DeadlineKind, Handoff, HandoffState
from bot.domain.messages import Address
from bot.domain.people import Directory
from bot.domain.policy import By, Group, Rung
from tests.kit.cases import (
    AGREEMENT,
    CN_DUTY,
    CN_POLICE,
    CN_SUPERVISOR,
    DIRECTORY,
    KH_SUPERVISOR,
    NOW,
    OFFICER,
    PEOPLE,
    a_case,
    minutes,
)


def due(kind: DeadlineKind, channel: Channel | None = None, party: str = "") -> Deadline:
    return Deadline(1, 1, kind, NOW, NOW, channel=channel, party=party)


def reached(kind: DeadlineKind, ping: int, directory: Directory = DIRECTORY, **changes: object) -> list[str]:
    found = audience(a_case(**changes), due(kind), ping, AGREEMENT, directory)
    return [r.name for r in found.recipients]


DUTY = [f"person:{CN_DUTY.id}", "desk:cn-night"]
SECRETARIATS = ["desk:cn-secretariat", "desk:kh-secretariat"]


@pytest.mark.parametrize(
    ("ping", "people"),
    [
        (1, DUTY),
        (2, [*DUTY, f"person:{CN_SUPERVISOR.id}"]),
        (3, [*DUTY, f"person:{CN_SUPERVISOR.id}", *SECRETARIATS]),
        (9, [*DUTY, f"person:{CN_SUPERVISOR.id}", *SECRETARIATS]),
    ],
)
def test_each_rung_of_the_acknowledgment_adds_people(ping: int, people: list[str]) -> None:
    assert reached(DeadlineKind.ACKNOWLEDGE, ping) == people


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        (DeadlineKind.POLICE, [*DUTY, "desk:kh-duty"]),
        (
            DeadlineKind.DIPLOMATIC,
            ["desk:kh-duty", f"person:{KH_SUPERVISOR.id}", *DUTY, f"person:{CN_SUPERVISOR.id}"],
        ),
        (DeadlineKind.WRITTEN, ["desk:kh-duty"]),
        (DeadlineKind.REVIEW, DUTY),
    ],
)
def test_the_other_deadlines_have_one_rung(kind: DeadlineKind, people: list[str]) -> None:
    assert reached(kind, 1) == reached(kind, 5) == people


HANDED = Handoff(5, 1, Channel.POLICE, HandoffState.SENT, "cn-police", CN_DUTY.id, NOW)


@pytest.mark.parametrize(
    ("kind", "state"), [(DeadlineKind.ANSWER, HandoffState.SENT), (DeadlineKind.STOP, HandoffState.WITHDRAWN)]
)
def test_a_desk_that_owes_an_answer_is_asked_first(kind: DeadlineKind, state: HandoffState) -> None:
    handed = (replace(HANDED, state=state), replace(HANDED, id=6, channel=Channel.DIPLOMATIC, desk="kh-duty"))
    first, second = (
        audience(a_case(handoffs=handed), due(kind, Channel.POLICE), ping, AGREEMENT, DIRECTORY) for ping in (1, 2)
    )
    assert f"person:{CN_POLICE.id}" in [r.name for r in first.recipients]
    assert "desk:kh-duty" not in [r.name for r in first.recipients]
    assert "desk:kh-duty" in [r.name for r in second.recipients]


def test_a_question_is_asked_for_at_the_side_that_owes_the_answer() -> None:
    asked = [audience(a_case(), due(DeadlineKind.REPLY, party="KH"), ping, AGREEMENT, DIRECTORY) for ping in (1, 2)]
    assert [[r.name for r in each.recipients] for each in asked] == [
        ["desk:kh-duty"],
        ["desk:kh-duty", f"person:{KH_SUPERVISOR.id}"],
    ]


def test_a_rung_with_nobody_is_passed_over_and_named() -> None:
    without = Directory.of(p for p in PEOPLE if p is not CN_SUPERVISOR)
    found = audience(a_case(), due(DeadlineKind.ACKNOWLEDGE), 2, AGREEMENT, without)
    assert [r.name for r in found.recipients] == [*DUTY, *SECRETARIATS]
    assert found.empty == (Group.REQUESTED_SUPERVISOR,)


def test_when_nobody_who_may_act_can_be_reached_everybody_else_is_told() -> None:
    nobody = replace(AGREEMENT, desks={k: d for k, d in AGREEMENT.desks.items() if d.party == "CN" and d.addresses})
    found = audience(a_case(), due(DeadlineKind.WRITTEN), 1, nobody, Directory())
    assert [r.name for r in found.recipients] == ["desk:cn-secretariat", "desk:cn-night"]
    assert found.is_out_of_reach


def test_secretariats_see_to_it_that_somebody_acts_and_cannot_act_themselves() -> None:
    away = [replace(p, unreachable=frozenset(p.addresses)) if p.party == "CN" else p for p in PEOPLE]
    without_chat = {k: replace(d, addresses=()) if k == "cn-night" else d for k, d in AGREEMENT.desks.items()}
    found = audience(
        a_case(), due(DeadlineKind.ACKNOWLEDGE), 1, replace(AGREEMENT, desks=without_chat), Directory.of(away)
    )
    assert found.is_out_of_reach
    assert {"desk:kh-duty", *SECRETARIATS} <= {r.name for r in found.recipients}


@pytest.mark.parametrize("ping", [1, 2])
def test_a_rung_of_which_nobody_can_be_reached_is_passed_over_and_still_told(ping: int) -> None:
    away = [replace(p, unreachable=frozenset(p.addresses)) if p is CN_SUPERVISOR else p for p in PEOPLE]
    found = audience(a_case(), due(DeadlineKind.ACKNOWLEDGE), ping, AGREEMENT, Directory.of(away))
    assert (Group.REQUESTED_SUPERVISOR in found.empty) is (ping == 2)
    assert (Group.SECRETARIATS in found.groups) is (ping == 2)
    assert not found.is_out_of_reach


def test_until_the_side_is_known_the_own_side_is_pinged() -> None:
    assert reached(DeadlineKind.ACKNOWLEDGE, 2, requested="") == ["desk:kh-duty", f"person:{KH_SUPERVISOR.id}"]


def test_who_has_the_case_is_pinged_with_their_desk() -> None:
    off = replace(CN_POLICE, on_duty=False)
    directory = Directory.of([*(p for p in PEOPLE if p is not CN_POLICE), off])
    assert f"person:{off.id}" in reached(DeadlineKind.ACKNOWLEDGE, 1, directory, assignees=(off.id, OFFICER.id))
    assert f"person:{OFFICER.id}" not in reached(DeadlineKind.ACKNOWLEDGE, 1, assignees=(OFFICER.id,))


def test_somebody_cut_off_is_not_pinged() -> None:
    gone = replace(CN_SUPERVISOR, revoked_at=a_case().opened_at)
    directory = Directory.of([*(p for p in PEOPLE if p is not CN_SUPERVISOR), gone])
    assert f"person:{gone.id}" not in reached(DeadlineKind.ACKNOWLEDGE, 3, directory)


def agreed(*rungs: Rung) -> Agreement:
    return replace(AGREEMENT, levels={level: replace(p, ladder=rungs) for level, p in AGREEMENT.levels.items()})


def test_a_ladder_of_ones_own_reaches_whom_it_names() -> None:
    night = replace(CN_DUTY, id=20, on_duty=False, addresses=(Address("telegram", "20"),))
    directory = Directory.of([*PEOPLE, night])
    ladder = (
        Rung(Group.REQUESTED_DUTY, minutes(0), minutes(10)),
        Rung(Group.REQUESTED_NEXT, minutes(5), minutes(10)),
        Rung(Group.REPORTING_SUPERVISOR, minutes(10), minutes(10), By.CALL),
    )
    found = [audience(a_case(), due(DeadlineKind.ACKNOWLEDGE), n, agreed(*ladder), directory) for n in (1, 2, 3)]
    assert [[r.name for r in each.recipients] for each in found] == [
        DUTY,
        [f"person:{night.id}"],
        [*DUTY, f"person:{KH_SUPERVISOR.id}"],
    ]
    assert [[r.name for r in each.called] for each in found] == [[], [], [f"person:{KH_SUPERVISOR.id}"]]


def test_when_nobody_is_next_on_duty_the_rung_above_goes_at_once() -> None:
    ladder = (
        Rung(Group.REQUESTED_DUTY, minutes(0), minutes(20)),
        Rung(Group.REQUESTED_NEXT, minutes(5), minutes(20)),
        Rung(Group.REQUESTED_SUPERVISOR, minutes(10), minutes(20)),
    )
    found = audience(a_case(), due(DeadlineKind.ACKNOWLEDGE), 2, agreed(*ladder), DIRECTORY)
    assert [r.name for r in found.recipients] == [f"person:{CN_SUPERVISOR.id}"]
    assert found.empty == (Group.REQUESTED_NEXT,)


def test_the_messengers_of_a_rung_are_tried_first_and_the_others_after_them() -> None:
    addresses = tuple(map(Address.parse, ("telegram:5", "wechat:5", "wecom:5")))
    everywhere = replace(CN_SUPERVISOR, addresses=addresses)
    directory = Directory.of([*(p for p in PEOPLE if p is not CN_SUPERVISOR), everywhere])
    first = Rung(Group.REQUESTED_SUPERVISOR, minutes(0), minutes(10))
    by_wecom = replace(first, after=minutes(10), messengers=("wecom", "wechat"))

    def order(ping: int, people: Directory, *rungs: Rung) -> list[str]:
        found = audience(a_case(), due(DeadlineKind.ACKNOWLEDGE), ping, agreed(*rungs), people)
        return [str(address) for recipient in found.recipients for address in recipient.addresses]

    assert order(1, directory, first, by_wecom) == ["telegram:5", "wechat:5", "wecom:5"]
    assert order(2, directory, first, by_wecom) == ["wecom:5", "wechat:5", "telegram:5"]
    gone = directory.having(replace(everywhere, unreachable=frozenset({addresses[2]})))
    assert order(2, gone, first, by_wecom) == ["wechat:5", "telegram:5", "wecom:5"], "where she left us comes last"
    desk = Rung(Group.REQUESTED_DUTY, minutes(0), minutes(10), messengers=("email", "telegram"))
    assert order(1, DIRECTORY, desk) == ["telegram:4", "email:night@example.org", "wecom:night"]
