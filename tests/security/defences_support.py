"""The defences against what a support desk must not learn. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

SUPPORT = (
    Defence(
        "words to the wrong people",
        "For a support desk there is no case, only what was referred to it",
        "bot/protection/permissions.py",
        "return desk is not None and desk.role is DeskRole.SUPPORT and person.role is not Role.ADMIN",
        "return False",
        (
            "test_support_desks.py::test_no_command_shows_a_support_desk_suspects_or_the_other_side",
            "test_support_desks.py::test_somebody_who_was_given_a_case_before_reads_nothing_of_it_at_a_support_desk",
        ),
    ),
    Defence(
        "words to the wrong people",
        "Of the answers it gets age, area and the help that is asked of it",
        "bot/protection/redaction_policy.py",
        "return tuple(code for code in value if code in _SUPPORT_ASSISTANCE) or None",
        "return value",
        ("test_support_desks.py::test_no_command_shows_a_support_desk_suspects_or_the_other_side",),
    ),
    Defence(
        "words to the wrong people",
        "What is about suspects in the secure case opens for no support desk",
        "bot/protection/redaction_policy.py",
        "if matter is None or secure_for(entry, case, duty, Way.SECURE, agreement) is None:",
        "matter = matter or Matter.HEALTH\n    if secure_for(entry, case, duty, Way.SECURE, agreement) is None:",
        ("test_support_desks.py::test_no_page_shows_a_support_desk_suspects_or_the_other_side",),
    ),
    Defence(
        "words to the wrong people",
        "What it writes goes to the side that referred",
        "bot/channels/referrals.py",
        "side = side_of_case(case, referral.party, c.context.agreement, c.view.directory)\n    told: list",
        "side = side_of_case(case, case.requested, c.context.agreement, c.view.directory)\n    told: list",
        ("test_support_desks.py::test_words_of_a_support_desk_reach_nobody_of_the_other_side",),
    ),
    Defence(
        "words to the wrong people",
        "No desk of a State that the person fears is told of her",
        "bot/protection/referral_gate.py",
        'return not desk.is_independent and facts.is_own_state and (facts.fears == "yes" or facts.flag in PROTECTED)',
        "return False",
        ("test_support_desks.py::test_no_act_of_anybody_refers_to_a_desk_of_a_state_that_is_feared",),
    ),
    Defence(
        "cross-party reads",
        "A referral is the matter of the side that made it",
        "bot/protection/gates.py",
        'return not party or not dedupe_key.startswith(side_key(case, party, ""))',
        "return False",
        ("test_support_desks.py::test_the_other_side_is_not_shown_that_anybody_was_told_of_a_referral",),
    ),
)
