"""Desks and people as recipients, with the addresses that are tried in order."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.agreement import DeskRole
from bot.domain.people import Directory, Role
from bot.domain.recipients import at_desk, at_desks, side_of_case, supervisors
from tests.kit.cases import (
    ADMIN,
    AGREEMENT,
    CN_DUTY,
    CN_SUPERVISOR,
    DIRECTORY,
    KH_DUTY,
    OFFICER,
    PEOPLE,
    a_case,
    a_person,
)

NIGHT = AGREEMENT.desks["cn-night"]
DAY = AGREEMENT.desks["cn-duty"]


def test_a_desk_with_addresses_is_one_recipient_with_its_people_last() -> None:
    member = a_person(20, "CN", Role.DUTY, "cn-night", "wecom:night", "wechat:20")
    (found,) = at_desk(NIGHT, Directory.of([member]))
    assert (found.name, found.shown) == ("desk:cn-night", "CN Duty")
    assert [str(a) for a in found.addresses] == ["wecom:night", "email:night@example.org", "wechat:20"]


def test_a_desk_without_addresses_is_everybody_on_duty_there() -> None:
    off = a_person(20, "CN", Role.DUTY, "cn-duty", on_duty=False)
    found = at_desk(DAY, Directory.of([CN_DUTY, off, CN_SUPERVISOR]))
    assert [r.name for r in found] == [f"person:{CN_DUTY.id}"]
    assert found[0].shown == "CN Duty", "the other side reads the desk, not the person"


def test_when_nobody_is_on_duty_all_duty_officers_of_the_desk_are_told() -> None:
    off = [a_person(n, "CN", Role.DUTY, "cn-duty", on_duty=False) for n in (20, 21)]
    assert [r.name for r in at_desk(DAY, Directory.of([*off, CN_SUPERVISOR]))] == ["person:20", "person:21"]


def test_who_is_on_duty_without_an_address_leaves_the_desk_to_the_others() -> None:
    silent = replace(CN_DUTY, addresses=())
    off = a_person(20, "CN", Role.DUTY, "cn-duty", on_duty=False)
    assert [r.name for r in at_desk(DAY, Directory.of([silent, off]))] == ["person:20"]


def test_a_desk_of_supervisors_only_reaches_them_and_an_admin_is_never_told() -> None:
    admin = replace(ADMIN, desk="cn-duty")
    assert [r.name for r in at_desk(DAY, Directory.of([CN_SUPERVISOR, admin]))] == [f"person:{CN_SUPERVISOR.id}"]


def test_all_desks_of_a_role_are_told() -> None:
    names = [r.name for r in at_desks(AGREEMENT, DIRECTORY, "CN", DeskRole.DUTY)]
    assert names == [f"person:{CN_DUTY.id}", "desk:cn-night"]


def test_supervisors_on_duty_are_told_and_all_of_them_when_none_is() -> None:
    on, off = (a_person(n, "CN", Role.SUPERVISOR, on_duty=is_on) for n, is_on in ((20, True), (21, False)))
    assert [r.name for r in supervisors(Directory.of([on, off]), "CN")] == ["person:20"]
    assert [r.name for r in supervisors(Directory.of([off]), "CN")] == ["person:21"]


def test_a_case_is_followed_by_its_desks_its_officer_and_who_has_it() -> None:
    case = a_case(assignees=(CN_DUTY.id, KH_DUTY.id))
    own = [r.name for r in side_of_case(case, "KH", AGREEMENT, DIRECTORY)]
    assert own == ["desk:kh-duty", f"person:{OFFICER.id}", f"person:{KH_DUTY.id}"]
    other = [r.name for r in side_of_case(case, "CN", AGREEMENT, DIRECTORY)]
    assert other == [f"person:{CN_DUTY.id}", "desk:cn-night"], "nobody twice, nobody of the other side"


def test_who_was_cut_off_follows_no_case() -> None:
    gone = replace(OFFICER, revoked_at=a_case().opened_at)
    directory = Directory.of([gone, *(p for p in PEOPLE if p is not OFFICER)])
    assert [r.name for r in side_of_case(a_case(), "KH", AGREEMENT, directory)] == ["desk:kh-duty"]


def test_where_somebody_left_us_is_tried_last_but_tried() -> None:
    person = a_person(20, "CN", Role.DUTY, "cn-duty", "wechat:20", "wecom:20", "telegram:20")
    person = replace(person, unreachable=frozenset(person.addresses[:2]))
    (found,) = at_desk(DAY, Directory.of([person]))
    assert [str(a) for a in found.addresses] == ["telegram:20", "wechat:20", "wecom:20"]


def test_behind_a_desks_own_addresses_those_that_left_come_last_of_all_its_people() -> None:
    gone = a_person(20, "CN", Role.DUTY, "cn-night", "wechat:20")
    gone = replace(gone, unreachable=frozenset(gone.addresses))
    (found,) = at_desk(NIGHT, Directory.of([gone, a_person(21, "CN", Role.DUTY, "cn-night", "wechat:21")]))
    assert [str(a) for a in found.addresses][2:] == ["wechat:21", "wechat:20"]


def test_when_nobody_on_duty_can_be_reached_everybody_of_the_desk_is_told() -> None:
    gone = replace(CN_DUTY, unreachable=frozenset(CN_DUTY.addresses))
    off = a_person(20, "CN", Role.DUTY, "cn-duty", on_duty=False)
    assert [r.name for r in at_desk(DAY, Directory.of([gone, off]))] == [f"person:{gone.id}", "person:20"]
    assert [r.name for r in at_desk(DAY, Directory.of([CN_DUTY, off]))] == [f"person:{CN_DUTY.id}"]


def test_a_supervisor_off_duty_is_told_when_those_on_duty_cannot_be_reached() -> None:
    gone = replace(CN_SUPERVISOR, unreachable=frozenset(CN_SUPERVISOR.addresses))
    off = a_person(20, "CN", Role.SUPERVISOR, "cn-duty", on_duty=False)
    assert [r.name for r in supervisors(Directory.of([gone, off]), "CN")] == [f"person:{gone.id}", "person:20"]
