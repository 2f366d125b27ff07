"""The tables of the gates, written out a second time: what was agreed, for tests to hold the program against."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.case import Value


@dataclass(frozen=True)
class Given:
    """What is known of a case, as people answered it."""

    fears: str | None = None
    flag: str | None = None
    consent: str | None = None
    age: str | None = None
    citizenship: Value | None = ("KH",)
    guardian: bool = False
    interests: bool = False
    vital: bool = False
    decision: str | None = None


def diplomatic_table(g: Given) -> tuple[int, str]:
    """The diplomatic gate as agreed: the first row that matches, and what it says."""
    rows = (
        (1, g.fears == "yes", "blocked fear"),
        (2, g.flag is None, "blocked flag_not_set"),
        (2, g.flag in {"possible", "asylum_seeker_or_refugee", "stateless"}, "blocked flag"),
        (3, g.age in {None, "unknown", "under_12", "12_17"}, "child"),
        (4, g.consent in {"no", "not_asked", "cannot_ask"}, "blocked no_consent"),
        (4, g.consent is None, "needs consent_diplomatic" + (" fears_own_authorities" if g.fears is None else "")),
        (5, g.fears is None, "needs fears_own_authorities"),
        (5, g.fears == "unknown", "open"),
        (6, g.fears == "no", "open"),
    )
    row, says = next((row, says) for row, matches, says in rows if matches)
    if says != "child":
        return row, says
    missing = [
        name
        for name, is_missing in (
            ("fears_own_authorities", g.fears is None),
            ("guardian", not g.guardian),
            ("best_interests", not g.interests),
        )
        if is_missing
    ]
    return row, f"needs {' '.join(missing)}" if missing else "open"


def police_table(g: Given) -> tuple[int, str]:
    """The police gate as agreed, in the order of its sentences."""
    states = (g.citizenship,) if not isinstance(g.citizenship, tuple) else g.citizenship
    goes_home = bool({None, "unknown", "CN"} & set(states))
    needs_shelter = g.fears == "yes" or g.flag in ("possible", "asylum_seeker_or_refugee", "stateless")
    if goes_home and needs_shelter and g.decision is None:
        return 1, "blocked state_feared"
    if goes_home and needs_shelter and g.decision == "refused":
        return 1, "blocked refused"
    unasked = ["fears_own_authorities"] if g.fears is None else []
    if g.age == "18_or_over" and g.consent == "yes":
        row, missing = 2, []
    elif g.age == "18_or_over":
        row, missing = 3, [] if g.vital else ["consent_police" if g.consent is None else "vital_interest"]
    else:
        row, missing = 4, [] if g.interests else ["best_interests"]
    missing = unasked + missing if row == 4 else missing + unasked
    return row, f"needs {' '.join(missing)}" if missing else "open"
