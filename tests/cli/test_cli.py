"""Commands at a terminal: what each does, the sentence for what is wrong, and the exit codes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import messages
from bot.domain import short_ids
from tests.kit.processes import environment
from tests.kit.root import ROOT
from tests.kit.running import Setup, Terminal

PERIOD = ("--since", "2026-04-01", "--until", "2026-05-01")
COMMANDS = (
    "audit", "backup", "change", "check", "confirm", "deploy", "export", "forget", "invite", "journal", "keys",
    "migrate", "outbox", "people", "ping", "plan", "purge", "report", "restore", "revoke", "roster", "run",
    "setup", "signin",
)  # fmt: skip


def test_every_command_is_in_the_help_and_says_what_it_does() -> None:
    lines = Terminal()("--help")
    told = dict(re.findall(r"^  (\w+) +(\w.*)$", "\n".join(lines[lines.index("Commands:") + 1 :]), re.MULTILINE))
    assert tuple(told) == COMMANDS
    assert all(told.values())


def test_check_says_that_a_configuration_is_right(terminal: Terminal) -> None:
    assert terminal("check")[0] == "The configuration is right: 2 parties, 3 desks."


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
    assert telegram.startswith("On Telegram: they open the bot and type it"), "Telegram cannot be asked here"
    kept = b"".join(file.read_bytes() for file in setup.folder.glob("casebridge.db*"))
    assert b"Sok Dara" not in kept, "it is sealed"
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
        ("outbox",),
        ("fly",),
    ],
)
def test_wrong_usage_is_exit_code_two(terminal: Terminal, words: tuple[str, ...]) -> None:
    assert any("Error:" in line or "Usage:" in line for line in terminal(*words, code=2))


def test_people_are_listed_and_cut_off_and_get_no_links_then(terminal: Terminal) -> None:
    duty, officer = (short_ids.shown(number, (11, 21)) for number in (21, 11))
    assert terminal("people") == [
        f"{duty}  KH duty kh-duty  duty 21  telegram  active",
        f"{officer}  KH officer  officer 11  telegram  active",
    ]
    link, validity = terminal("signin", "11")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/signin/[\w-]{20,}", link)
    assert validity == "Works once, within 10 minutes."
    assert terminal("revoke", officer) == ["officer 11 is cut off from all messengers and sessions."]
    assert terminal("revoke", "11") == ["officer 11 was cut off already."]
    assert "cut off 20" in terminal("people")[1]
    assert terminal("signin", "11", code=1) == ["officer 11 is cut off; invite them again first."]
    nobody = ["There is nobody with the number 99. See: casebridge people"]
    assert terminal("revoke", "99", code=1) == terminal("signin", "99", code=1) == nobody
    assert terminal("revoke", "Dara", code=1) == ["There is nobody with the number Dara. See: casebridge people"]


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
