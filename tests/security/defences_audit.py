"""The defences against an auditor that tells more than that there is a case, or tells whoever does not know of it."""

from __future__ import annotations

from tests.security.defences import Defence

AUDIT = (
    Defence(
        "cross-party reads",
        "The auditor names a case to a side only once that was told of it",
        "storage/sql/audit.py",
        'if row["requested"] and row["alerted_requested_at"] else ()',
        'if row["requested"] else ()',
        ("test_audit.py::test_a_side_that_was_not_told_of_a_case_yet_hears_nothing_of_it",),
    ),
    Defence(
        "cross-party reads",
        "The auditor asks who may know of a case before it names it",
        "bot/jobs/audit_report.py",
        "return decide(Matter.REFERENCE, Way.PING, standing, reader) is Showing.SHOWN",
        "return bool(decide(Matter.REFERENCE, Way.PING, standing, reader))",
        ("test_audit.py::test_whoever_is_named_by_mistake_is_told_nothing_of_a_case_of_others",),
    ),
)
