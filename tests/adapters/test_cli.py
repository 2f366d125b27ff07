"""Commands at a terminal: what each does, the sentence for what is wrong, and the exit codes."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from bot.cli import messages
from bot.people import Role
from bot.reference import draw
from bot.turn import Turn
from tests.bench.sides import environment
from tests.browser.web_kit import REFERENCE, sample_case
from tests.running import ROOT, Setup, Terminal, person

PERIOD = ("--since", "2026-04-01", "--until", "2026-05-01")
OTHER = draw("KC", 2026, lambda _: "3")
COMMANDS = (
    "check", "export", "invite", "journal", "migrate", "outbox", "people", "ping", "plan", "report", "revoke", "run",
    "signin",
)  # fmt: skip


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    """A bridge that is not running, with some people and one case."""
    setup = Setup(tmp_path, desks={"kh-duty": [], "kh-police": [], "cn-duty": ["telegram:-1001"]})
    setup.write()
    asyncio.run(_fill(setup))
    return setup


async def _fill(setup: Setup) -> None:
    await setup.enrol(person(11, "KH", Role.OFFICER), person(21, "KH", Role.DUTY, "kh-duty"))
    case = sample_case()
    turn = Turn(cases=(case,), new_cases=frozenset({case.id}), answers=tuple(case.answers.values()))
    async with setup.storage() as storage:
        await storage.apply([turn])


@pytest.fixture
def terminal(setup: Setup) -> Terminal:
    return Terminal(setup.file)


def test_every_command_is_in_the_help_and_says_what_it_does() -> None:
    lines = Terminal()("--help")
    told = dict(re.findall(r"^  (\w+) +(\w.*)$", "\n".join(lines[lines.index("Commands:") + 1 :]), re.MULTILINE))
    assert tuple(told) == COMMANDS
    assert all(told.values())


def test_check_says_that_a_configuration_is_right(terminal: Terminal) -> None:
    assert terminal("check") == ["The configuration is right: 2 parties, 3 desks."]


def test_check_tells_every_mistake_at_once(setup: Setup, terminal: Terminal) -> None:
    text = setup.file.read_text("utf-8")
    text = text.replace('role = "police"', 'role = "polices"').replace('"Asia/Shanghai"', '"Asia/Peking"')
    setup.file.write_text(text.replace(f"port = {setup.port}", "prot = 1"), "utf-8")
    *mistakes, count = terminal("check", code=1)
    assert [line.partition(": ")[0] for line in mistakes] == ["server.prot", "parties.2.timezone", "desks.2.role"]
    assert count == f"3 mistakes in {setup.file}."
    assert setup.token not in "".join(mistakes)


def test_a_configuration_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.toml"
    assert Terminal(nowhere)("people", code=1) == [
        f"{nowhere}: There is no such file. Name another with --config, or copy the example.",
        f"1 mistake in {nowhere}.",
    ]


def test_an_invite_is_a_code_and_a_way_to_use_it(terminal: Terminal, setup: Setup) -> None:
    first, second, telegram = terminal("invite", "--party", "KH", "--role", "officer", "--name", "Sok Dara")
    code = first.removeprefix("Code for Sok Dara: ")
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
    assert second.endswith(f"They type: /start {code}")
    assert f"start={code.replace('-', '')}" in telegram
    kept = b"".join(file.read_bytes() for file in setup.folder.glob("casebridge.db*"))
    assert b"Sok Dara" in kept
    assert code.replace("-", "").encode() not in kept, "only its hash is kept"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--party", "VN", "--role", "officer"), "There is no party VN. Configured: KH, CN."),
        (
            ("--party", "KH", "--role", "duty", "--desk", "cn-duty"),
            "KH has no desk cn-duty. Its desks: kh-duty, kh-police.",
        ),
        (
            ("--party", "KH", "--role", "duty"),
            "A duty officer belongs to a desk: add --desk. Desks of KH: kh-duty, kh-police.",
        ),
        (
            ("--party", "KH", "--role", "officer", "--corridor", "VC"),
            "KH is no side of VC. Its corridors: KC.",
        ),
    ],
)
def test_an_invite_that_makes_no_sense_is_one_sentence(
    terminal: Terminal, words: tuple[str, ...], sentence: str
) -> None:
    assert terminal("invite", "--name", "Sok Dara", *words, code=1) == [sentence]


@pytest.mark.parametrize(
    "words",
    [
        ("invite", "--party", "KH", "--role", "minister", "--name", "x"),
        ("invite", "--party", "KH", "--role", "officer"),
        ("invite", "--party", "KH", "--role", "officer", "--name", "x", "--valid", "soon"),
        ("export", "--since", "yesterday", "--until", "2026-05-01", "--reason", "x", "-o", "x.csv"),
        ("export", *PERIOD, "--format", "doc", "--reason", "x", "-o", "x.csv"),
        ("revoke", "Dara"),
        ("outbox",),
        ("fly",),
    ],
)
def test_wrong_usage_is_exit_code_two(terminal: Terminal, words: tuple[str, ...]) -> None:
    assert any("Error:" in line or "Usage:" in line for line in terminal(*words, code=2))


def test_people_are_listed_and_cut_off_and_get_no_links_then(terminal: Terminal) -> None:
    assert terminal("people") == [
        "21  KH duty kh-duty  duty 21  telegram  active",
        "11  KH officer  officer 11  telegram  active",
    ]
    link, validity = terminal("signin", "11")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/signin/[\w-]{20,}", link)
    assert validity == "Works once, within 10 minutes."
    assert terminal("revoke", "11") == ["officer 11 is cut off from all messengers and sessions."]
    assert terminal("revoke", "11") == ["officer 11 was cut off already."]
    assert "cut off 20" in terminal("people")[1]
    assert terminal("signin", "11", code=1) == ["officer 11 is cut off; invite them again first."]
    nobody = ["There is nobody with the number 99. See: casebridge people"]
    assert terminal("revoke", "99", code=1) == terminal("signin", "99", code=1) == nobody


def test_a_ping_without_a_running_bridge_is_stored_and_says_so(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_HEARD_WITHIN", 0.5)
    assert terminal("ping", "cn-duty") == [
        "telegram:-1001: queued",
        "Stored. It goes out as soon as the bridge runs: casebridge run",
    ]
    (waiting,) = terminal("outbox", "list")
    assert "  queued  test  telegram:-1001  " in waiting


def test_a_ping_that_reaches_nobody_says_so(terminal: Terminal) -> None:
    (sentence,) = terminal("ping", "kh-police", code=1)
    assert sentence.endswith("would reach nobody: it has no address and nobody enrolled is on it.")
    assert terminal("ping", "night", code=1) == ["There is no desk night. Configured: kh-duty, kh-police, cn-duty."]


def test_an_empty_outbox_says_so_and_only_parked_messages_are_sent_again(terminal: Terminal) -> None:
    assert terminal("outbox", "list") == ["Nothing is parked and nothing waits."]
    assert terminal("outbox", "retry", "5", code=1) == [
        "No parked message has the number 5. See: casebridge outbox list"
    ]


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_an_export_counts_what_is_in_it_and_is_journalled(terminal: Terminal, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"cases.{form}"
    (told,) = terminal("export", "--format", form, *PERIOD, "--reason", "annual meeting", "-o", target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert told == f"1 cases written to {target}, SHA-256 {digest}."
    assert _references(target) == [REFERENCE]
    assert terminal("journal", "verify")[0].startswith("Journal -: 1 entries, all in order.")
    assert terminal("export", *PERIOD, "--reason", " ", "-o", target, code=1) == [
        "The export needs to know who asks for it and why."
    ]


def _references(file: Path) -> list[str]:
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file, read_only=True)
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        book.close()
    elif file.suffix == ".csv":
        cells = [cell for row in csv.reader(file.read_text("utf-8-sig").splitlines()) for cell in row]
    else:
        cells = [str(v) for line in file.read_text("utf-8").splitlines() for v in json.loads(line).values()]
    return [cell for cell in cells if cell == REFERENCE]


def test_a_target_that_cannot_be_written_is_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "cases.csv"
    (sentence,) = terminal("export", *PERIOD, "--reason", "x", "-o", target, code=1)
    assert str(target.parent) in sentence
    (sentence,) = terminal("report", *PERIOD, "-o", tmp_path / "nowhere" / "report.html", code=1)
    assert str(target.parent) in sentence


@pytest.mark.parametrize(("ending", "begins"), [("html", b"<!"), ("json", b"{"), ("pdf", b"%PDF")])
def test_a_report_is_written_in_the_form_its_name_asks_for(
    terminal: Terminal, tmp_path: Path, ending: str, begins: bytes
) -> None:
    target = tmp_path / f"report.{ending}"
    assert terminal("report", *PERIOD, "-o", target) == [f"The report is in {target}."]
    assert target.read_bytes().startswith(begins)


def test_a_report_in_an_unknown_form_or_of_no_period_is_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    (sentence,) = terminal("report", *PERIOD, "-o", tmp_path / "report.doc", code=1)
    assert ".html" in sentence
    backwards = ("--since", "2026-05-01", "--until", "2026-04-01")
    (sentence,) = terminal("report", *backwards, "-o", tmp_path / "report.html", code=1)
    assert sentence.endswith(".")


def test_a_plan_reads_a_reference_as_people_type_it(terminal: Terminal) -> None:
    plan = "\n".join(terminal("plan", "kc26 m9s34 4"))
    assert REFERENCE in plan
    assert "Phnom Penh" in plan
    assert "Beijing" in plan


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        (
            "KC26-M9S34-5",
            "KC26-M9S34-5 is not a case reference; one looks like KC26-M9S34-4. Check it for a typing error.",
        ),
        (OTHER, f"There is no case {OTHER}."),
    ],
)
def test_a_plan_of_no_case_is_one_sentence(terminal: Terminal, reference: str, sentence: str) -> None:
    assert terminal("plan", reference, code=1) == [sentence]


def test_the_journal_of_the_database_is_checked_and_tampering_is_found(terminal: Terminal, setup: Setup) -> None:
    assert terminal("journal", "verify") == ["The journal is empty."]
    for name in ("Sok Dara", "Chan Vanna", "Kim Ly"):
        terminal("invite", "--party", "KH", "--role", "officer", "--name", name)
    (right,) = terminal("journal", "verify")
    assert re.fullmatch(r"Journal -: 3 entries, all in order\. Head [0-9a-f]{64}", right)
    setup.change("UPDATE journal SET actor = 'cli:somebody_else' WHERE sequence = 2")
    assert terminal("journal", "verify", code=1) == ["Journal -, entry 2: it was changed."]


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (
            """UPDATE journal SET details = replace(details, 'KH', 'CN') WHERE sequence = 3""",
            "its details were changed.",
        ),
        ("DELETE FROM journal WHERE sequence = 1", "an entry is missing, inserted or out of order here."),
    ],
)
def test_other_tampering_is_found_too(terminal: Terminal, setup: Setup, tampering: str, found: str) -> None:
    for name in ("Sok Dara", "Chan Vanna", "Kim Ly"):
        terminal("invite", "--party", "KH", "--role", "officer", "--name", name)
    setup.change(tampering)
    (sentence,) = terminal("journal", "verify", code=1)
    assert sentence.endswith(found)


def test_an_exported_journal_is_checked_like_the_database(terminal: Terminal, setup: Setup, tmp_path: Path) -> None:
    for name in ("Sok Dara", "Chan Vanna"):
        terminal("invite", "--party", "KH", "--role", "officer", "--name", name)
    file = tmp_path / "journal.jsonl"
    lines = asyncio.run(_exported_journal(setup))
    file.write_text("".join(lines), "utf-8")
    assert terminal("journal", "verify", file) == terminal("journal", "verify")
    file.write_text("".join(lines).replace("invited", "revoked", 1), "utf-8")
    assert terminal("journal", "verify", file, code=1) == ["Journal -, entry 1: it was changed."]


async def _exported_journal(setup: Setup) -> list[str]:
    async with setup.storage() as storage:
        links = [link async for chunk in storage.stream_journal("-") for link in chunk]
    rows = [asdict(link) for link in links]
    return [json.dumps({**row.pop("entry"), **row}, default=datetime.isoformat) + "\n" for row in rows]


def test_a_file_that_is_no_journal_is_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text('{"id": 1}\n', "utf-8")
    assert terminal("journal", "verify", file, code=1) == ["Line 1 is no journal entry."]


@pytest.mark.parametrize(("words", "code"), [(("--version",), 0), (("people",), 1), (("fly",), 2)])
def test_the_real_process_has_these_exit_codes_too_and_shows_no_traceback(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    variables = environment() | {"PYTHONPATH": str(ROOT), "CASEBRIDGE_SERVER__PROT": "1"}
    command = [sys.executable, "-m", "bot", *words]
    result = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == code, result
    assert "Traceback" not in result.stdout + result.stderr
    assert bool(result.stderr) is (code != 0), "what is wrong is said on standard error"
