"""What whoever loads our cases into a case system of the HTCDS was promised."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.data.reader import data
from bot.domain.case import Answer, Case, Channel, ClosureCode, HandoffState, Status, Value
from bot.domain.countries import NAMES as COUNTRIES
from bot.domain.fields import FIELDS, UNKNOWN
from bot.domain.people import Directory
from bot.domain.provinces import province
from bot.record.export import htcds, identified
from bot.record.export.case_log import export, file_name
from bot.record.export.columns import Subject
from bot.record.export.manifest import ExportRequest
from tests.kit.casebook import AGREEMENT, NOW, SINCE, UNTIL, a_case, accepted, answered, clock, keep
from tests.kit.database import KeptStorage

DAY = timedelta(days=1)
STANDARD = data("htcds")
ORDER = ExportRequest("htcds", SINCE, UNTIL, (), "person:9", "annual meeting")


async def exported(folder: Path, *cases: Case) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """The rows of the file, and its manifest."""
    storage, target = KeptStorage(), folder / file_name(ORDER, 7)
    await keep(storage, cases)
    await export(storage, ORDER, target, clock=clock, agreement=AGREEMENT)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, json.loads(target.with_name(target.name + ".manifest.json").read_text("utf-8"))


async def row_of(folder: Path, case: Case) -> dict[str, str]:
    ((row,), _) = await exported(folder, case)
    return row


def said(row: dict[str, str]) -> dict[str, str]:
    """What the comment of a row holds."""
    return dict(part.split("=", 1) for part in row["cco_CaseComment"].split("; "))


def every_case() -> list[Case]:
    """Cases with every allowed value of every coded field, in every status."""
    found: list[dict[str, Value]] = [{}]
    for f in FIELDS:
        codes = [c.code for c in f.choices] or ["CN", UNKNOWN]
        found += [{"country": "CN", f.id: (code,) if f.kind.value in ("choices", "countries") else code}
                  for code in codes if f.coded and f.kind.value not in ("time", "number")]  # fmt: skip
    cases = [answered(a_case(n), answers) for n, answers in enumerate(found, 1)]
    states = [replace(a_case(900 + n), status=status) for n, status in enumerate(Status)]
    closed = [
        replace(a_case(950 + n), status=Status.CLOSED, closure=code, closed_at=NOW)
        for n, code in enumerate(ClosureCode)
    ]
    given = [accepted(a_case(980 + n), Channel.POLICE, DAY, state=state) for n, state in enumerate(HandoffState)]
    return [*cases, *states, *closed, *given]


def test_every_column_is_a_field_of_the_standard() -> None:
    names = {f["field"] for f in STANDARD["fields"]}
    assert set(htcds.COLUMNS) <= names
    assert set(identified.HTCDS_COLUMNS) <= names
    assert len(set(htcds.COLUMNS)) == len(htcds.COLUMNS)


async def test_every_coded_value_is_a_code_of_its_field_or_marked_as_ours(tmp_path: Path) -> None:
    rows, manifest = await exported(tmp_path, *every_case())
    seen: dict[str, set[str]] = {}
    for row in rows:
        for name, cell in row.items():
            seen.setdefault(name, set()).update(filter(None, cell.split("; ")))
    for name, codes in STANDARD["codes"].items():
        allowed = {c["code"] for c in codes} | set(manifest["notes"]["local_codes"].get(name, ()))
        assert seen.get(name, set()) <= allowed, name
    assert seen["prs_Citizenship"] | seen["hte_Country"] <= set(COUNTRIES)
    assert seen["con_Consent"] <= {"true", "false"}
    assert seen["vic_TypeOfExploitation"] == {c["code"] for c in STANDARD["codes"]["vic_TypeOfExploitation"]}
    assert all(code.startswith("x_") for codes in manifest["notes"]["local_codes"].values() for code in codes)


def test_codes_are_kept_as_the_standard_spells_them() -> None:
    assert "Unaquainted" in htcds.CODES["vic_RelationshipToTrafficker"]
    assert "x_RestrictsMovement" not in htcds.CODES["vic_MethodsOfControl"]
    assert htcds.LOCAL_CODES == {"vic_MethodsOfControl": ("x_RestrictsMovement",)}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "Active"),
        ({"status": Status.ACKNOWLEDGED}, "Active"),
        ({"status": Status.HANDED_OFF}, "FollowUp"),
        ({"status": Status.CLOSED, "closure": ClosureCode.RESCUED}, "Closed"),
        ({"status": Status.CLOSED, "closure": ClosureCode.TAKEN_OVER}, "ClosedReferred"),
        ({"status": Status.OPEN, "closure": ClosureCode.TAKEN_OVER}, "Active"),
    ],
)
async def test_the_status_of_a_case_in_the_words_of_the_standard(
    changes: dict[str, Any], status: str, tmp_path: Path
) -> None:
    row = await row_of(tmp_path, a_case(1, **changes))
    assert row["cas_Status"] == status
    assert row["vic_TraffickingStatus"] == "PossibleVictimOfTrafficking"


async def test_being_held_is_a_method_of_control_by_a_code_of_ours(tmp_path: Path) -> None:
    rows, _ = await exported(tmp_path, answered(a_case(1)), answered(a_case(2), {"situation": "being_moved"}))
    assert [row["vic_MethodsOfControl"] for row in rows] == ["x_RestrictsMovement", ""]


@pytest.mark.parametrize(
    ("police", "embassy", "consent"),
    [("yes", "yes", "true"), ("yes", "no", "false"), ("no", "not_asked", "false"), ("not_asked", "yes", ""),
     ("cannot_ask", "cannot_ask", "")],
)  # fmt: skip
async def test_a_refusal_is_a_no_and_what_was_not_asked_is_neither(
    police: str, embassy: str, consent: str, tmp_path: Path
) -> None:
    row = await row_of(tmp_path, answered(a_case(1), {"consent_police": police, "consent_diplomatic": embassy}))
    assert row["con_Consent"] == consent
    assert (said(row)["consent_police"], said(row)["consent_diplomatic"]) == (police, embassy)


async def test_unknown_no_and_not_asked_stay_apart(tmp_path: Path) -> None:
    unknown = answered(a_case(1), {"exploitation": (UNKNOWN,), "citizenship": (UNKNOWN,), "last_contact_at": UNKNOWN})
    rows, manifest = await exported(tmp_path, unknown, a_case(2))
    assert [row["vic_TypeOfExploitation"] for row in rows] == ["", ""]
    assert said(rows[0])["unknown"] == "last_contact_at,exploitation,citizenship"
    assert "unknown" not in said(rows[1])
    assert "unknown=" in manifest["notes"]["unknown"]


async def test_the_manifest_says_what_is_not_in_the_file_and_whose_the_standard_is(tmp_path: Path) -> None:
    _, manifest = await exported(tmp_path, a_case(1))
    notes = manifest["notes"]
    assert {"danger_now", "category", "assistance", "safe_to_contact", "persons_count"} <= set(notes["unmapped"])
    assert {"summary", "fears_own_authorities"} <= set(notes["left_out"])
    notice = " ".join(notes["notice"])
    for words in ("International Organization for Migration", "CC BY 4.0", "Changes made", "does not endorse", "logo"):
        assert words in notice
    assert manifest["columns"] == list(htcds.COLUMNS)
    assert manifest["de-identified"] is True
    assert manifest["file"].endswith(".htcds.csv")


def test_every_field_of_ours_is_in_the_file_or_said_not_to_be() -> None:
    told = " ".join((*htcds.UNMAPPED, *htcds.LEFT_OUT, "country last_contact_at exploitation citizenship"))
    commented = "age_group consent_police consent_diplomatic"
    assert [f.id for f in FIELDS if f.id not in f"{told} {commented}".replace(",", " ").split()] == []


async def test_no_name_and_no_free_text_is_in_the_file(tmp_path: Path) -> None:
    case = accepted(answered(a_case(1, acknowledged_by=2, closed_by=2)), Channel.POLICE, DAY)
    row = await row_of(tmp_path, case)
    for secret in ("Nanchang", "Chan", "Sok Dara", "Li Wei", "Wang Min", "girl 16", "MPS-2026-77"):
        assert secret not in str(row)
    assert (row["hte_Country"], row["hte_State"], said(row)["age_group"]) == ("CN", "Jiangxi", "12_17")
    assert row["cas_CaseOwner"] == "CN duty"
    assert "fears" not in str(row)
    assert said(row)["case"] == "KC26-00001-4"


async def test_where_a_case_was_referred_to_and_when(tmp_path: Path) -> None:
    case = accepted(a_case(1), Channel.POLICE, DAY)
    row = await row_of(tmp_path, accepted(case, Channel.DIPLOMATIC, DAY, state=HandoffState.DRAFTED))
    assert (row["cas_ReferredOrganisation"], row["cas_OutgoingReferralDate"]) == ("CN police", "2026-01-01")
    assert row["cas_ReasonForOutgoingReferral"] == "Other"
    assert row["cas_OutgoingReferralDetails"] == "police=accepted; diplomatic=drafted"
    assert row["cas_IncomingReferralDate"] == "2026-01-01"


@pytest.mark.parametrize("state", [HandoffState.DRAFTED, HandoffState.BLOCKED])
async def test_what_never_went_out_is_no_referral(state: HandoffState, tmp_path: Path) -> None:
    row = await row_of(tmp_path, accepted(a_case(1), Channel.POLICE, DAY, state=state))
    assert (row["cas_ReferredOrganisation"], row["cas_ReasonForOutgoingReferral"]) == ("", "")
    assert row["cas_OutgoingReferralDate"] == ""


async def test_a_drill_is_marked_as_one(tmp_path: Path) -> None:
    rows, _ = await exported(tmp_path, a_case(1, exercise=True), a_case(2))
    assert [said(row).get("exercise") for row in rows] == ["true", None]


async def test_a_formula_is_only_text_in_this_file_too(tmp_path: Path) -> None:
    row = await row_of(tmp_path, replace(a_case(1), requested="=1+1", acknowledged_by=2,
                                         handoffs=accepted(a_case(1), Channel.POLICE, DAY).handoffs))  # fmt: skip
    assert row["cas_ReferredOrganisation"] == "'=1+1 police"


@pytest.mark.parametrize(
    ("country", "area", "found"),
    [
        ("CN", "Jiangxi, Nanchang", "Jiangxi"),
        ("CN", "Nanchang, Jiangxi Province", "Jiangxi"),
        ("CN", "江西省，南昌", "Jiangxi"),
        ("KH", "ភ្នំពេញ", "Phnom Penh"),
        ("VN", "quận 1, TP. Hồ Chí Minh", ""),
        ("VN", "Hồ Chí Minh", "Ho Chi Minh"),
        ("VN", "da nang", "Da Nang"),
        ("CN", "Golden Star hotel Jiangxi", ""),  # words around a name may tell the place
        ("CN", "Jiangxi, Hunan", ""),
        ("KH", "Jiangxi", ""),
        ("CN", "+855 10 000 000", ""),
        (UNKNOWN, "Jiangxi", ""),
    ],
)
def test_a_place_is_told_no_closer_than_a_province_that_is_known(country: str, area: str, found: str) -> None:
    assert province(country, area) == found


def test_each_person_of_a_case_has_a_row_of_their_own() -> None:
    case = answered(a_case(1))

    def said_of(who: int, **known: Value) -> dict[str, Answer]:
        numbered = enumerate(known.items(), start=900 + who)
        return {f: Answer(n, case.id, f, value, NOW, case.officer, subject=who) for n, (f, value) in numbered}

    total = said_of(0, persons_count=3, differs="no")
    own = said_of(47, persons_count=2, citizenship=("VN",), age_group="18_or_over")
    case = replace(case, answers={**case.answers, **total}, apart={47: own})
    rows = [dict(zip(htcds.COLUMNS, row, strict=True)) for row in htcds.rows(Subject(case, Directory.of([]), NOW))]
    assert [row["prs_Citizenship"] for row in rows] == [case.value("citizenship"), ("VN",), ("VN",)]
    comments = [said({"cco_CaseComment": str(row["cco_CaseComment"])}) for row in rows]
    assert [each["person"] for each in comments] == ["1/1", "2/47", "3/47"]
    assert [each["age_group"] for each in comments] == ["12_17", "18_or_over", "18_or_over"]
