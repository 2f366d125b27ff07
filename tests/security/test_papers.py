"""What is made into files: formulas for spreadsheets, names of files, markup for documents, who may read them."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from openpyxl import load_workbook

from bot.domain.case import Channel, Handoff, HandoffState
from bot.domain.errors import BridgeError
from bot.domain.turn import Turn
from bot.record.export.case_log import export, file_name
from bot.record.export.columns import COLUMNS
from bot.record.export.manifest import ExportRequest
from bot.record.export.writers import WRITERS, neutral
from bot.record.report.period_report import report
from bot.record.report.writers import to_html, to_pdf
from tests.kit.site import sample_case
from tests.security.story import mark, rename_everybody, whole_story
from tests.security.stronghold import ADMIN, KH_SUPERVISOR, OFFICER, Stronghold

FORMULAS = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "＠SUM(1)",
    "77/26;=1+1",
    "77/26; =1+1",
    "77/26\t=1+1",
    "77/26|=1+1",
    "77/26;\t@SUM(1)",
)
_LIVE = tuple("=+-@＝＋－＠")


async def exported(bridge: Stronghold, form: str, formula: str) -> Path:
    """A case whose formal reference and letter are a formula, as a file."""
    case = sample_case(requested="CN", officer=(await bridge.person(OFFICER)).id)
    handoff = Handoff(1, case.id, Channel.POLICE, HandoffState.ACCEPTED, "cn-police", 1, bridge.now)
    handoff = replace(handoff, formal_reference=formula, letter_reference=formula, sent_at=bridge.now)
    case = replace(case, handoffs=(handoff,))
    turn = Turn(cases=(case,), new_cases=frozenset({case.id}), answers=tuple(case.answers.values()))
    await bridge.storage.apply([turn])
    request = ExportRequest(form, bridge.now.replace(day=1), bridge.now.replace(day=30), ("KH",), "cli:x", formula)
    target = bridge.exports / f"log.{form}"
    await export(bridge.storage, request, target, clock=bridge.clock, agreement=bridge.rules.agreement)
    return target


def cells_of(text: str) -> Iterator[str]:
    """Every cell of a file, as programs with commas, semicolons, tabs and bars between cells take it."""
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield from row


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_formula_runs_in_a_csv_file_whatever_parts_its_cells(bridge: Stronghold, formula: str) -> None:
    cells = list(cells_of((await exported(bridge, "csv", formula)).read_text("utf-8-sig")))
    assert [cell for cell in cells if "1" in cell and cell.strip().startswith(_LIVE)] == []
    assert [cell for cell in cells if formula[-3:].strip() in cell], "it is there, as text"


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_formula_runs_in_a_file_for_case_systems(bridge: Stronghold, formula: str) -> None:
    cells = list(cells_of((await exported(bridge, "htcds", formula)).read_text("utf-8-sig")))
    assert cells
    assert [cell for cell in cells if "1" in cell and cell.strip().startswith(_LIVE)] == []


@pytest.mark.parametrize("form", ["csv", "htcds"])
async def test_no_formula_runs_in_a_file_with_names_and_free_texts(bridge: Stronghold, form: str) -> None:
    """Everything that anybody can fill is a formula, and so are their names."""
    key = pyrage.x25519.Identity.generate()
    await rename_everybody(bridge, as_formula)
    await whole_story(bridge, as_formula)
    await bridge.says(ADMIN, f"/export identified {form} 2026-04-01 2026-05-01 {key.to_public()} why not")
    (order,) = await bridge.storage.orders_of("KH", 10)
    await bridge.says(KH_SUPERVISOR, f"/approve {order.number}")
    (sealed,) = bridge.exports.glob("*.age")
    cells = list(cells_of(bytes(pyrage.decrypt(sealed.read_bytes(), [key])).decode("utf-8-sig")))
    assert [cell for cell in cells if "1" in cell and cell.strip().startswith(_LIVE)] == []
    for field in ("area", "summary", f"name_{OFFICER}"):
        assert [cell for cell in cells if as_formula(field) in cell], field


def as_formula(field: str) -> str:
    return f"=1+1+{field}"


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_formula_and_no_link_is_in_an_xlsx_file(bridge: Stronghold, formula: str) -> None:
    path = await exported(bridge, "xlsx", formula)
    for sheet in load_workbook(path):
        for row in sheet.iter_rows():
            assert [cell.value for cell in row if cell.data_type == "f" or cell.hyperlink] == []
    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        content = b"".join(parts.read(name) for name in names)
    assert not re.search(rb"<f[ >]", content)
    assert not [name for name in names if "externalLink" in name or "vba" in name.lower() or "hyperlink" in name]


@pytest.mark.parametrize("formula", FORMULAS)
async def test_a_jsonl_file_has_one_object_a_line_whatever_is_in_it(bridge: Stronghold, formula: str) -> None:
    path = await exported(bridge, "jsonl", formula)
    lines = path.read_bytes().decode().split("\n")
    assert [set(json.loads(line)) for line in lines if line] == [{"manifest"}, set(COLUMNS)]


def everything_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_every_writer_is_attacked() -> None:
    assert set(WRITERS) == {"csv", "xlsx", "jsonl", "htcds"}
    assert neutral("77/26") == "'77/26", "a spreadsheet would make a date of it"
    assert neutral("MPS 77-26; and 78-26") == "MPS 77-26; and 78-26"


@pytest.mark.parametrize(
    "name", ["../../../tmp/x", "a/b", "x\r\nSet-Cookie: a=b", 'x"; filename=evil.exe', "%2e%2e%2f", "\0"]
)
async def test_a_made_up_form_of_export_never_becomes_a_path_or_a_header(bridge: Stronghold, name: str) -> None:
    request = ExportRequest(name, bridge.now.replace(day=1), bridge.now, ("KH",), "cli:x", "why")
    assert re.fullmatch(r"casebridge-[0-9]{8}-[0-9]{8}-7\.[a-z0-9]*", file_name(request, 7))
    with pytest.raises(BridgeError):
        await export(
            bridge.storage, request, bridge.exports / "x", clock=bridge.clock, agreement=bridge.rules.agreement
        )


async def test_a_download_is_an_attachment_under_a_plain_name(bridge: Stronghold) -> None:
    await whole_story(bridge, mark)
    client = await bridge.signed_in(ADMIN)
    for file in [f.name for f in bridge.exports.glob("*.csv")]:
        answer = await client.get(f"/exports/{file}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{file}"'
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    "name",
    [
        "..%2fcasebridge.db",
        "%2e%2e%2fcasebridge.db",
        "..%252fcasebridge.db",
        "..\\casebridge.db",
        "secret.csv",
        "linked.csv",
        "folder.csv",
        ".hidden.csv",
        "log.csv.manifest.json",
        "log.csv%00.csv",
        "log.csv%0d%0aX: y",
        "LOG.CSV",
        "log.exe",
        "a" * 300 + ".csv",
        "CON.csv",
    ],
)
async def test_nothing_but_finished_exports_can_be_downloaded(bridge: Stronghold, name: str) -> None:
    await exported(bridge, "csv", "77/26")
    (bridge.exports / "secret.csv").write_text("SECRET", "utf-8")
    (bridge.exports / "folder.csv").mkdir()
    (bridge.exports / "linked.csv").symlink_to("/etc/passwd")
    for beside in ("folder.csv", "linked.csv", ".hidden.csv"):
        (bridge.exports / f"{beside}.manifest.json").write_text('{"filter": {"parties": ["KH"]}}', "utf-8")
    (bridge.exports / ".hidden.csv").write_text("SECRET", "utf-8")
    client = await bridge.signed_in(ADMIN)
    answer = await client.get(f"/exports/{name}")
    assert answer.status_code == 404
    assert "SECRET" not in answer.text
    assert "root:" not in answer.text


async def test_a_message_sends_no_file_but_one_of_the_exports_folder(tmp_path: Path) -> None:
    from bot.domain.errors import Refused
    from tests.fakes.bot_api import BotApi
    from tests.fakes.people import User
    from tests.kit.telegram import make_telegram, outgoing, running, send

    (tmp_path / "secret").write_text("SECRET", "utf-8")
    folder = tmp_path / "exports"
    folder.mkdir()
    async with BotApi() as api, running(make_telegram(api, exports=folder)) as telegram:
        User(api, 101)
        for name in ("../secret", str(tmp_path / "secret"), "..", ".", "sub/../../secret", "none.csv"):
            with pytest.raises(Refused):
                await send(telegram, outgoing(101, "here", file=name))
        assert not api.sent(101)


async def test_an_attached_files_name_is_kept_as_words_and_never_as_a_file(bridge: Stronghold, tmp_path: Path) -> None:
    from tests.security.story import sends_file

    reference = await bridge.opens_case()
    before = everything_in(tmp_path)
    await sends_file(bridge, lambda field: f"../../{field}/../../etc/cron.d/x", reference)
    case = await bridge.case(reference)
    assert "cron.d" in "".join(text.text for text in await bridge.texts(case))
    assert everything_in(tmp_path) == before


async def test_files_with_cases_in_them_are_for_their_owner_only(bridge: Stronghold) -> None:
    target = await exported(bridge, "csv", "77/26")
    for path in (target, target.with_name(f"{target.name}.manifest.json")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


async def test_a_partys_name_is_data_to_the_documents_maker(bridge: Stronghold) -> None:
    await whole_story(bridge, mark)
    made = await report(
        bridge.storage, bridge.rules.agreement, bridge.now.replace(day=1), bridge.now, clock=bridge.clock
    )
    typst = '#read("/etc/passwd") #image("/etc/passwd") $x$ \\ <label> */ "'
    pdf = to_pdf(replace(made, sides=dict.fromkeys(made.sides, typst)))
    assert pdf.startswith(b"%PDF-")
    assert b"root:" not in pdf
    assert "#read(" in to_html(replace(made, sides=dict.fromkeys(made.sides, typst)))
