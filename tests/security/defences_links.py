"""The defences of one-time links about a hand-off: what they cannot do in the wrong hands. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

LINKS = (
    Defence(
        "people who are not enrolled",
        "A receipt that is claimed by a mail accepts nothing",
        "bot/channels/receipts.py",
        "handoff, claimed_at=c.now,",
        "handoff, state=HandoffState.ACCEPTED, claimed_at=c.now,",
        ("test_handoff_links.py::test_whoever_reads_a_mailbox_stops_no_clock_by_the_link_in_a_mail",),
    ),
    Defence(
        "forged forms",
        "No receipt is claimed by another site",
        "adapters/web/handoffs/receipt_page.py",
        "if not came_from_us(site, request) or not",
        "if not",
        ("test_handoff_links.py::test_no_receipt_is_claimed_from_another_site",),
    ),
    Defence(
        "cross-party reads",
        "A link opens papers while the hand-off is with its desk",
        "bot/protection/permissions.py",
        "is_theirs = handoff.state in WITH_ITS_DESK and person.desk == handoff.desk",
        "is_theirs = person.desk == handoff.desk",
        ("test_handoff_links.py::test_an_opened_link_hands_out_nothing_once_the_hand_off_is_taken_back",),
    ),
    Defence(
        "cross-party reads",
        "The annex goes by no link of a messenger",
        "bot/channels/papers/for_desk.py",
        "return tuple(kind for kind in PAPERS[channel] if kind is not PaperKind.ANNEX)",
        "return (*PAPERS[channel], PaperKind.ANNEX)",
        ("test_handoff_links.py::test_an_opened_link_leads_to_no_other_page",),
    ),
)
