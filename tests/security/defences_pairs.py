"""The defences against telling of one case to whoever may see another one only. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

PAIRS = (
    Defence(
        "cross-party reads",
        "That two cases may be one is told to a side that reads both only",
        "bot/protection/matching.py",
        "return is_told and border_is_open(case, agreement) and not gates.stops_relay(case, party, agreement)",
        "return is_told",
        (
            "test_pairs.py::test_a_page_never_names_the_other_case_to_somebody_who_may_not_see_both",
            "test_pairs.py::test_nobody_else_decides_by_a_stolen_button_or_a_command",
        ),
    ),
    Defence(
        "cross-party reads",
        "Whoever reported a case that was joined reads no more of the older one",
        "bot/acts/leading.py",
        "return older if may_see(c.person, older, c.context.agreement) else case",
        "return older",
        ("test_pairs.py::test_a_joined_case_shows_an_officer_no_word_of_the_other_officer",),
    ),
)
