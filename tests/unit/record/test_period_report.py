"""What the two sides' annual meeting was promised of the period report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pypdf
import pytest

from bot.domain.agreement import Agreement, Party, Urgency
from bot.domain.case import Case, Channel, ClosureCode, DeadlineKind, DeadlineState, HandoffState, Status
from bot.domain.errors import BridgeError
from bot.record.report.figures import Age, Direction, Measure, Part, Report, Timing, Totals, Unaccepted
from bot.record.report.period_report import report
from bot.record.report.publishing import Counted, missed, published
from bot.record.report.suppression import Shown
from bot.record.report.tally import Tally
from bot.record.report.writers import to_html, to_json, to_pdf, write_report
from tests.kit.casebook import AGREEMENT, NOW, SINCE, UNTIL, a_case, accepted, answered, clock, due, keep
from tests.kit.database import KeptStorage

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
POLICE = DeadlineKind.POLICE


async def reported(*cases: Case, agreement: Agreement = AGREEMENT, at: datetime = NOW) -> Report:
    storage = KeptStorage()
    await keep(storage, cases)
    return await report(storage, agreement, SINCE, UNTIL, clock=lambda: at)


async def only(*cases: Case) -> Direction:
    (direction,) = (await reported(*cases)).directions
    return direction


def counted(*cases: Case, at: datetime = NOW) -> Counted:
    """What is counted of one direction, before small numbers are kept back."""
    tally = Tally(AGREEMENT, SINCE, UNTIL, min(at, UNTIL))
    tally.add(cases)
    (figures,) = tally.counted().values()
    return figures


def present(counts: Mapping[Any, int]) -> dict[Any, int]:
    return {key: count for key, count in counts.items() if count}


def acknowledged(number: int, minutes: int) -> Case:
    return due(a_case(number), DeadlineKind.ACKNOWLEDGE, 60 * MINUTE, settled=minutes * MINUTE)


def closed(case: Case, code: ClosureCode, after: timedelta) -> Case:
    return replace(case, status=Status.CLOSED, closure=code, closed_at=case.opened_at + after)


async def test_cases_are_counted_by_corridor_side_and_urgency() -> None:
    back = a_case(3, reporting="CN", requested="KH", urgency=Urgency.U1)
    other = a_case(4, corridor="VC", reporting="VN", requested="CN")
    made = await reported(a_case(1), a_case(2, urgency=Urgency.U1), back, other)
    assert [(d.corridor, d.reporting, d.requested) for d in made.directions] == [
        ("KC", "CN", "KH"),
        ("KC", "KH", "CN"),
        ("VC", "VN", "CN"),
    ]
    assert made.directions[1].totals == Totals(opened=2, still_open=2)
    assert made.opened == 4
    assert present(counted(a_case(1), a_case(2, urgency=Urgency.U1)).opened) == {Urgency.U1: 1, Urgency.U2: 1}


async def test_a_case_for_another_corridor_of_its_officer_counts_where_it_went() -> None:
    direction = await only(a_case(1, corridor="KC", reporting="VN", requested="CN"))
    assert direction.corridor == "VC"


async def test_drills_are_left_out_and_their_number_said() -> None:
    drill = closed(a_case(3), ClosureCode.EXERCISE, DAY)
    made = await reported(a_case(1), a_case(2, exercise=True), drill)
    assert (made.opened, made.drills) == (1, 2)


def test_open_cases_from_before_the_period_are_carried_over_by_age() -> None:
    made = counted(a_case(1, after=-100 * DAY), a_case(2), a_case(3, after=89.5 * DAY))
    assert made.still_open == {Age.DAY: 1, Age.WEEK: 0, Age.MONTH: 0, Age.QUARTER: 1, Age.LONGER: 1}
    assert sum(made.opened.values()) == 2


def test_what_was_closed_in_the_period_counts_whenever_it_was_opened() -> None:
    made = counted(
        closed(a_case(1, after=-50 * DAY), ClosureCode.RETURNED, 60 * DAY),
        closed(a_case(2), ClosureCode.RESCUED, DAY),
        closed(a_case(3, after=-50 * DAY), ClosureCode.RESCUED, 10 * DAY),
    )
    assert present(made.closures) == {"rescued": 1, "returned": 1}


def test_what_happened_after_the_period_is_left_out() -> None:
    case = closed(accepted(a_case(1), Channel.POLICE, 91 * DAY), ClosureCode.RESCUED, 91 * DAY)
    made = counted(due(case, POLICE, DAY, settled=91 * DAY))
    assert made.timings == {}
    assert made.unaccepted == (Unaccepted("KC26-00001-4", is_open=True),)
    assert (sum(made.opened.values()), sum(made.still_open.values()), missed(made)) == (1, 1, 1)
    assert made.deadlines[POLICE][Part.NOT_MET][Urgency.U2] == 1


def test_median_and_ninetieth_percentile_are_of_the_minutes_it_took() -> None:
    made = counted(*(acknowledged(n, minutes) for n, minutes in enumerate([1, 2, 3, 4, 5, 6, 7, 8, 90, 400], 1)))
    assert made.timings[Measure.ACKNOWLEDGE] == (10, 5, 90)


def test_acceptance_and_the_confirming_letter_are_timed() -> None:
    case = accepted(a_case(1), Channel.POLICE, 50 * MINUTE, letter_at=SINCE + 170 * MINUTE)
    made = counted(accepted(case, Channel.DIPLOMATIC, 300 * MINUTE))
    assert made.timings == {
        Measure.POLICE: (1, 50, 50),
        Measure.DIPLOMATIC: (1, 300, 300),
        Measure.WRITTEN: (1, 120, 120),
    }


async def test_how_long_it_took_is_not_told_of_fewer_than_5_cases() -> None:
    few = await only(*(acknowledged(n, minutes) for n, minutes in enumerate([13, 17, 19, 23], 1)))
    assert few.timings == {Measure.ACKNOWLEDGE: Timing("not shown", "not shown", "not shown")}
    five = await only(*(acknowledged(n, minutes) for n, minutes in enumerate([13, 17, 19, 23, 29], 1)))
    assert five.timings == {Measure.ACKNOWLEDGE: Timing(5, 19, 29)}


def test_deadlines_met_and_missed_are_counted_by_kind_and_urgency_with_their_pings() -> None:
    late = due(a_case(2), POLICE, 60 * MINUTE, settled=61 * MINUTE, pings=1)
    never = due(a_case(3), POLICE, 60 * MINUTE, pings=12)
    ended: dict[str, Any] = {"state": DeadlineState.ENDED, "settled_at": SINCE + DAY, "pings": 3}
    given_up = due(a_case(4), POLICE, 60 * MINUTE, **ended)
    spared = due(a_case(5), POLICE, 2 * DAY, **ended)
    urgent = due(a_case(6, urgency=Urgency.U1), POLICE, 60 * MINUTE, settled=MINUTE)
    made = counted(due(a_case(1), POLICE, 60 * MINUTE, settled=60 * MINUTE), late, never, given_up, spared, urgent)
    told = {(part, u): n for part, row in made.deadlines[POLICE].items() for u, n in row.items() if n}
    assert told == {
        (Part.IN_TIME, Urgency.U1): 1,
        (Part.IN_TIME, Urgency.U2): 1,
        (Part.LATE, Urgency.U2): 1,
        (Part.NOT_MET, Urgency.U2): 2,
    }
    assert (made.pings[POLICE, Urgency.U1], made.pings[POLICE, Urgency.U2]) == (0, 16)
    assert missed(made) == 3


ACKNOWLEDGE, DIPLOMATIC = DeadlineKind.ACKNOWLEDGE, DeadlineKind.DIPLOMATIC


def fell_due(kind: DeadlineKind, in_time: int, late: int, never: int, **changes: Any) -> Iterable[Case]:
    settled = [MINUTE] * in_time + [DAY] * late + [None] * never
    return (due(a_case(n, **changes), kind, 60 * MINUTE, settled=after, pings=1) for n, after in enumerate(settled, 1))


def parts_of(made: Direction, kind: DeadlineKind) -> list[Shown]:
    (parts,) = (k.parts for k in made.kinds if k.kind is kind)
    return list(parts.values())


async def test_of_the_deadlines_no_small_number_is_told_and_none_that_gives_one_away() -> None:
    made = await only(*fell_due(ACKNOWLEDGE, 7, 6, 3))
    assert parts_of(made, ACKNOWLEDGE) == [7, "not shown", "not shown"] or parts_of(made, ACKNOWLEDGE) == [
        7,
        "not shown",
        "<5",
    ]
    assert made.totals.opened == 16, "from which the third could be worked out if the other two were told"
    assert made.totals.missed == 9
    assert made.timings[Measure.ACKNOWLEDGE].cases == "not shown", "13 were acknowledged: that leaves 3"
    assert made.timings[Measure.ACKNOWLEDGE].median == 1
    assert made.deadlines == ()


async def test_where_nothing_is_small_everything_is_told_by_urgency_too() -> None:
    made = await only(*fell_due(ACKNOWLEDGE, 7, 6, 0))
    assert parts_of(made, ACKNOWLEDGE) == [7, 6, 0]
    rows = {f.urgency: (*f.parts.values(), f.pings) for f in made.deadlines if f.kind is ACKNOWLEDGE}
    assert rows == {Urgency.U1: (0, 0, 0, 0), Urgency.U2: (7, 6, 0, 13), Urgency.U3: (0,) * 4, Urgency.U4: (0,) * 4}
    assert (made.totals.missed, made.timings[Measure.ACKNOWLEDGE].cases) == (6, 13)


async def test_the_list_of_cases_never_accepted_gives_nothing_else_away() -> None:
    made = await only(*fell_due(POLICE, 2, 8, 3))
    assert len(made.unaccepted) == 3
    assert parts_of(made, POLICE) == ["not shown"] * 3
    assert made.totals.missed == "not shown"


@pytest.mark.parametrize("cases", range(1, 11))
def test_all_that_is_told_of_deadlines_together_leaves_two_values_for_each_number_kept_back(cases: int) -> None:
    """Every case has a deadline of both kinds; those met are timed: so the same numbers are told in several ways."""
    alike: dict[str, list[tuple[int, ...]]] = {}
    made: dict[str, Direction] = {}
    rows = [(i, late, cases - i - late) for i in range(cases + 1) for late in range(cases + 1 - i)]
    for one, other in product(rows, repeat=2):
        direction = published("KC", "KH", "CN", with_deadlines(one, other))
        made[repr(direction)] = direction
        alike.setdefault(repr(direction), []).append((*one, *other))
    for told, numbers in alike.items():
        shown = [*parts_of(made[told], ACKNOWLEDGE), *parts_of(made[told], DIPLOMATIC)]
        for cell, number in enumerate(shown):
            assert not isinstance(number, str) or len({each[cell] for each in numbers}) > 1, (told, numbers)


def with_deadlines(acknowledge: tuple[int, ...], diplomatic: tuple[int, ...]) -> Counted:
    """What is counted of urgent cases that all have two deadlines, with these parts in time, late and not met."""
    nothing = dict.fromkeys(Urgency, 0)
    of_kind = {ACKNOWLEDGE: acknowledge, DIPLOMATIC: diplomatic}
    return Counted(
        opened={**nothing, Urgency.U2: sum(acknowledge)},
        still_open={},
        closures={},
        timings={Measure(k.value): (parts[0] + parts[1], 7, 9) for k, parts in of_kind.items() if parts[0] + parts[1]},
        deadlines={
            kind: {p: {**nothing, Urgency.U2: n} for p, n in zip(Part, of_kind.get(kind, (0, 0, 0)), strict=True)}
            for kind in (ACKNOWLEDGE, POLICE, DIPLOMATIC, DeadlineKind.WRITTEN)
        },
        pings={},
        returned={},
        victims={},
    )


async def test_the_hidden_deadline_of_the_first_alert_is_not_reported() -> None:
    made = await only(due(a_case(1), DeadlineKind.ALERT, MINUTE))
    assert (made.kinds, made.deadlines) == ((), ())


def test_hand_offs_returned_are_counted_by_channel() -> None:
    returned = {"state": HandoffState.RETURNED, "accepted_at": None, "returned_at": SINCE + DAY}
    case = accepted(accepted(a_case(1), Channel.POLICE, DAY, **returned), Channel.POLICE, DAY, **returned)
    made = counted(accepted(case, Channel.DIPLOMATIC, DAY, **returned))
    assert made.returned == {"diplomatic": 1, "police": 2}


async def test_cases_without_any_formal_acceptance_are_listed_by_reference() -> None:
    accepted_late = accepted(due(a_case(2), POLICE, 60 * MINUTE, settled=DAY), Channel.POLICE, DAY)
    ended: dict[str, Any] = {"state": DeadlineState.ENDED, "settled_at": SINCE + DAY}
    gone = closed(due(a_case(3), POLICE, 60 * MINUTE, **ended), ClosureCode.NO_FURTHER_INFORMATION, DAY)
    not_yet = due(a_case(4), POLICE, 100 * DAY)
    made = await only(due(a_case(1), POLICE, 60 * MINUTE), accepted_late, gone, not_yet)
    assert made.unaccepted == (Unaccepted("KC26-00001-4", is_open=True), Unaccepted("KC26-00003-4", is_open=False))


async def test_small_numbers_of_victims_are_never_shown() -> None:
    adults = (answered(a_case(n), {"age_group": "18_or_over", "country": "CN"}) for n in range(1, 10))
    children = (answered(a_case(n), {"age_group": "under_12", "country": "CN"}) for n in range(10, 13))
    others = (answered(a_case(n), {"age_group": "12_17", "country": "MM"}) for n in range(13, 15))
    made = await only(*adults, *children, *others)
    assert made.victims["age_group"] == {"12_17": "<5", "18_or_over": 9, "under_12": "<5"}
    assert made.victims["country"] == {"CN": "not shown", "MM": "<5"}
    assert made.victims["exploitation"] == {"not_answered": 14}


async def test_nothing_is_shown_of_the_victims_of_fewer_than_5_cases() -> None:
    made = await reported(*(answered(a_case(n)) for n in range(1, 5)))
    assert made.directions[0].victims == {}
    assert "ForcedMarriage" not in to_json(made)
    assert "Nothing is shown where fewer than 5 cases were opened." in to_html(made)


@pytest.mark.parametrize("small", [1, 2, 3, 4])
async def test_no_form_of_the_report_tells_a_small_number_of_cases(small: int) -> None:
    few = (closed(a_case(n, urgency=Urgency.U1), ClosureCode.RESCUED, DAY) for n in range(1, small + 1))
    made = await reported(*few, *(a_case(n, after=89.5 * DAY) for n in range(10, 27)))
    (direction,) = json.loads(to_json(made))["directions"]
    assert direction["opened"] == {"U1": "<5", "U2": 17, "U3": "<5", "U4": "<5"}
    assert set(direction["closures"].values()) == {"<5"}
    assert direction["still_open"]["up to 1 day"] == 17
    assert direction["totals"]["closed"] == small, "totals are shown"
    for text in (to_html(made).replace("&lt;", "<"), text_of(to_pdf(made))):
        assert "Rescued" in text
        assert "<5 stands for a number from 0 to 4" in text
        assert not re.search(rf"Rescued\W*(</td>\s*<td>)?{small}\b", text)


async def test_a_period_in_which_nothing_happened_gives_a_report_that_says_so() -> None:
    made = await reported()
    assert "Nothing was reported, closed or still open in this period." in to_html(made)
    assert json.loads(to_json(made))["directions"] == []
    assert "Nothing was reported" in text_of(to_pdf(made))


async def test_a_report_of_a_running_period_shows_the_present_state() -> None:
    made = await reported(a_case(1), at=SINCE + 2 * DAY)
    assert made.as_of == SINCE + 2 * DAY
    assert made.directions[0].totals.still_open == 1
    assert counted(a_case(1), at=SINCE + 2 * DAY).still_open[Age.WEEK] == 1


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [(UNTIL, SINCE, "first day comes before its last"), (NOW + DAY, NOW + 2 * DAY, "has not begun yet")],
)
async def test_a_period_that_cannot_be_is_refused(since: datetime, until: datetime, sentence: str) -> None:
    with pytest.raises(BridgeError, match=sentence):
        await report(KeptStorage(), AGREEMENT, since, until, clock=clock)


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def a_busy_quarter() -> Iterable[Case]:
    for n in range(1, 61):
        urgency = (Urgency.U1, Urgency.U2, Urgency.U3)[n % 3]
        way = {"reporting": "CN", "requested": "KH"} if n % 4 == 0 else {}
        case = answered(a_case(n, after=n * DAY, urgency=urgency, **way))
        case = due(case, DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=n * MINUTE, pings=n % 3)
        case = due(case, POLICE, 60 * MINUTE, settled=None if n % 5 == 0 else 3 * n * MINUTE, pings=n % 7)
        if n % 5:
            case = accepted(case, Channel.POLICE, 3 * n * MINUTE, letter_at=case.opened_at + DAY)
        yield closed(case, list(ClosureCode)[n % 8], 4 * DAY) if n % 2 else case


async def test_page_and_pdf_tell_the_same_figures_and_no_secret() -> None:
    made = await reported(*a_busy_quarter())
    for text in (to_html(made), text_of(to_pdf(made))):
        assert "Corridor KC: reported by Kingdom of Cambodia to People" in text
        assert "First message to acceptance by the police channel" in text
        assert "KC26-00005-4" in text
        for secret in ("Chan", "Nanchang", "Sok Dara", "Wang Min", "MPS-2026-77"):
            assert secret not in text


async def test_the_pdf_is_made_for_the_archive_and_carries_its_figures() -> None:
    made = await reported(*a_busy_quarter())
    pdf = to_pdf(made)
    reader = pypdf.PdfReader(BytesIO(pdf))
    (attached,) = reader.attachments["report.json"]
    assert json.loads(attached) == json.loads(to_json(made))
    assert b"pdfaid:part>3<" in pdf
    assert to_pdf(made) == pdf, "the same figures make the same file"


async def test_the_page_needs_nothing_from_elsewhere_and_runs_no_script() -> None:
    page = to_html(await reported(*a_busy_quarter()))
    assert "default-src 'none'" in page
    assert not re.search(r"<script|https?://|<link|<img|url\(", page)
    assert "<svg" in page


async def test_a_name_from_the_configuration_is_text_and_never_markup() -> None:
    parties = {**AGREEMENT.parties, "KH": Party("KH", '<b>K</b> #image("/etc/passwd") *x*', "Asia/Phnom_Penh")}
    made = await reported(a_case(1), agreement=replace(AGREEMENT, parties=parties))
    assert "&lt;b&gt;K&lt;/b&gt;" in to_html(made)
    assert '#image("/etc/passwd") *x*' in text_of(to_pdf(made))


async def test_a_side_whose_name_the_paper_font_cannot_show_goes_by_its_code() -> None:
    parties = {**AGREEMENT.parties, "KH": Party("KH", "កម្ពុជា", "Asia/Phnom_Penh")}
    made = await reported(a_case(1), agreement=replace(AGREEMENT, parties=parties))
    assert "reported by KH to People" in text_of(to_pdf(made))
    assert "reported by កម្ពុជា to People" in to_html(made)


async def test_times_in_the_json_are_utc() -> None:
    said = json.loads(to_json(await reported(a_case(1))))
    assert (said["since"], said["made_at"]) == ("2026-01-01T00:00:00Z", "2026-04-02T09:30:00Z")
    assert said["directions"][0]["totals"]["opened"] == 1


@pytest.mark.parametrize(("name", "start"), [("r.pdf", b"%PDF-"), ("r.HTML", b"<!doctype html>"), ("r.json", b"{")])
async def test_the_files_name_says_what_is_written(name: str, start: bytes, tmp_path: Path) -> None:
    write_report(await reported(a_case(1)), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


async def test_another_file_name_or_a_missing_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    made = await reported()
    with pytest.raises(BridgeError, match=r"ends in .pdf, .html or .json"):
        write_report(made, tmp_path / "report.docx")
    with pytest.raises(BridgeError, match=r"could not be written to .*gone: No such file"):
        write_report(made, tmp_path / "gone" / "report.html")


async def test_people_and_cases_are_counted_apart() -> None:
    cases = [answered(a_case(n), {"age_group": "12_17", "persons_count": 3}) for n in range(1, 6)]
    made = await only(*cases)
    assert (made.totals.opened, made.victims["age_group"], made.persons) == (5, {"12_17": 5}, {"12_17": 15})
    few = await only(*cases[:4])
    assert (few.victims, few.persons) == ({}, {})
    assert "Number of people" in to_html(await reported(*cases))
