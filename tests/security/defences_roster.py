"""The defences of the roster. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

ROSTER = (
    Defence(
        "cross-party reads",
        "What somebody left is taken over by their own desk and supervisors only",
        "bot/roster/hand_over.py",
        "if leaver is None or leaver.id == person.id or leaver.party != person.party:",
        "if leaver is None or leaver.id == person.id:",
        ("test_roster.py::test_what_somebody_left_is_taken_over_by_nobody_of_another_desk_or_side",),
    ),
    Defence(
        "cross-party reads",
        "A test ring is begun by a supervisor of one of its two sides",
        "bot/protection/permissions.py",
        'is_theirs = person.party in corridor.parties and person.corridor in ("", corridor.code)',
        "is_theirs = bool(corridor.parties)",
        ("test_roster.py::test_a_test_ring_is_begun_by_supervisors_only_and_of_their_own_corridors",),
    ),
    Defence(
        "cross-party reads",
        "A test ring is answered by a desk that it went to",
        "bot/protection/permissions.py",
        "return person.is_active and person.desk == desk and person.role is not Role.ADMIN",
        "return person.is_active and bool(desk)",
        ("test_roster.py::test_a_test_ring_is_answered_by_nobody_of_another_desk_or_side",),
    ),
    Defence(
        "forged forms",
        "A plan is changed by supervisors and admins of its own side only",
        "bot/roster/single_change.py",
        "if shift.desk not in desks_of(c.person.party, c):",
        "if not shift.desk:",
        ("test_roster.py::test_a_plan_is_changed_by_nobody_who_may_not_and_of_another_side_by_nobody",),
    ),
)
