"""What an alert says, and what can be tapped under it."""

from __future__ import annotations

from bot.clock import alerts, deadlines
from bot.domain.case import Case, DeadlineKind, Status
from tests.kit.cases import AGREEMENT, NOW, U1, a_case, minutes, with_answers

URL = "https://bridge.example/"


def text(case: Case, party: str) -> list[str]:
    return alerts.text(case, party, AGREEMENT, URL).split("\n")


def labels(case: Case, party: str) -> list[str]:
    return [button.label for row in alerts.keyboard(case, party) for button in row]


def test_an_alert_of_a_bare_first_message_says_from_whom_since_when_and_until_when() -> None:
    assert text(a_case(rules=("R7",)), "CN") == [
        "U2 urgent · KC26-M9S34-4",
        "From: Kingdom of Cambodia",
        "Received: Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing",
        "Acknowledge by Sat 18 Apr 15:05 Phnom Penh / 16:05 Beijing.",
        "Texts and the rest: https://bridge.example/cases/KC26-M9S34-4",
    ]


def test_the_own_side_reads_why_it_is_so_urgent() -> None:
    case = with_answers(a_case(urgency=U1, rules=("R1", "R6")), danger_now="yes")
    own = text(case, "KH")
    assert "Why: somebody is in immediate danger" in own
    assert "Danger now: Yes" in own
    assert not [line for line in text(case, "CN") if line.startswith(("Why", "Danger"))]


def test_the_day_is_repeated_only_where_it_differs() -> None:
    late = a_case(opened_at=NOW + minutes(9 * 60 + 5), clock_from=NOW)
    assert "Received: Sat 18 Apr 23:10 Phnom Penh / Sun 19 Apr 00:10 Beijing" in text(late, "CN")


def test_an_alert_brought_up_to_date_shows_what_became_of_the_case() -> None:
    seen = deadlines.meet(a_case(acknowledged_at=NOW), DeadlineKind.ACKNOWLEDGE, NOW)
    assert "Acknowledged Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing." in text(seen, "CN")
    assert "Closed." in text(a_case(status=Status.CLOSED), "CN")
    stood_down = deadlines.end(a_case(), NOW)
    assert not [line for line in text(stood_down, "CN") if line.startswith("Acknowledge")]


def test_only_the_requested_side_is_offered_to_acknowledge_and_only_once() -> None:
    assert labels(a_case(), "CN") == ["Acknowledge", "Assign to me", "Show case"]
    assert labels(a_case(), "KH") == ["Show case", "What comes next"]
    assert labels(a_case(acknowledged_at=NOW), "CN") == ["Assign to me", "Show case"]


def test_buttons_remember_the_moment_they_were_shown_for() -> None:
    one, two = (alerts.act_button(a_case(stage=stage), "Close", "close").data for stage in (1, 2))
    assert one != two
