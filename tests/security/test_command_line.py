"""The command line and the configuration: words that steer a terminal, odd paths, files that others may read."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import click
import pytest

from bot.app import assembly
from bot.cli.main import main
from bot.domain.errors import BridgeError
from bot.record.backup import archive
from storage import copying, migrate
from tests.kit.keys import RECIPIENT, VAULT
from tests.kit.processes import free_port
from tests.kit.running import Setup, Terminal, embedded

ANSI = "\x1b[2J\x1b[31m"
NOT_THERE = (
    "KC26-7H4QM-4",
    "' OR 1=1;--",
    "../../etc/passwd",
    ANSI,
    "\n",
    "x" * 5_000,
    "-1",
    "9" * 5_000,
    "9" * 25,
    "%s%n",
)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    setup = Setup(tmp_path, desks={"kh-duty": [], "cn-duty": []})
    setup.write()
    migrate(setup.database, VAULT)
    return Terminal(setup.file)


def commands() -> Iterator[str]:
    yield from main.list_commands(click.Context(main))


def test_every_command_is_attacked() -> None:
    assert set(commands()) == {
        "run", "check", "migrate", "setup", "invite", "people", "revoke", "change", "confirm", "signin", "ping",
        "export", "report", "plan", "outbox", "journal", "purge", "forget", "keys", "backup",
        "restore", "deploy", "audit", "roster",
    }  # fmt: skip


@pytest.mark.parametrize("words", NOT_THERE, ids=range(len(NOT_THERE)))
@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("ping",),
        ("setup",),
        ("deploy",),
        ("run", "--only"),
        ("revoke",),
        ("change", "--language", "km"),
        ("change", "1", "--desk"),
        ("confirm",),
        ("signin",),
        ("outbox", "retry"),
        ("journal", "verify"),
        ("report", "--since"),
        ("forget", "--reason", "why"),
        ("forget", "--reason", "why", "--person"),
        ("backup", "none/here", "--to"),
        ("audit", "--seen"),
        ("restore", "--identity"),
        ("restore", "none.backup", "--identity"),
        ("export", "--identified", "--as", "1", "--since", "2026-01-01", "--reason", "why", "--recipient"),
    ],
    ids=" ".join,
)
def test_whatever_is_typed_is_answered_in_a_sentence_that_steers_no_terminal(
    terminal: Terminal, command: tuple[str, ...], words: str
) -> None:
    result = terminal.result(*command, "--", words) if command[-1][0] != "-" else terminal.result(*command, words)
    assert result.exit_code in (1, 2)
    assert "\x1b" not in result.output


@pytest.mark.parametrize("name", [f"Sok{ANSI} Dara", "Sok\nDara", "Sok\r\nDara", "Sok\u202eDara", "Sok\x00Dara"])
def test_a_name_steers_no_terminal_and_begins_no_line(terminal: Terminal, name: str) -> None:
    if "\x00" in name:
        name = name.replace("\x00", "\x7f")
    lines = terminal("invite", "--party", "KH", "--role", "officer", "--name", name)
    assert lines[0].startswith("Code for Sok")
    assert "Dara: " in lines[0]
    assert not [line for line in lines if {"\x1b", "\u202e", "\x7f"} & set(line)]


def test_a_name_in_khmer_keeps_what_joins_its_letters(terminal: Terminal) -> None:
    name = "សុខ\u200bដារ៉ា"
    assert terminal("invite", "--party", "KH", "--role", "officer", "--name", name)[0].startswith(f"Code for {name}: ")


@pytest.mark.parametrize("reason", [f"why {ANSI}", "why\nnot", '", "count": 0, "x": "'])
def test_a_reason_changes_no_line_of_a_manifest(terminal: Terminal, tmp_path: Path, reason: str) -> None:
    target = tmp_path / "log.csv"
    period = ("--since", "2026-01-01", "--until", "2026-02-01")
    lines = terminal("export", "--format", "csv", *period, "--reason", reason, "-o", target)
    assert not [line for line in lines if "\x1b" in line]
    manifest = target.with_name("log.csv.manifest.json").read_text("utf-8")
    assert "\x1b" not in manifest
    assert manifest.count('"count"') == 1


def test_the_database_and_its_log_are_for_their_owner_only(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'new.db'}", VAULT)
    made = list(tmp_path.glob("new.db*"))
    assert made
    assert [path.name for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_a_backup_and_what_it_is_made_of_are_for_their_owner_only_and_tell_nothing(
    terminal: Terminal, tmp_path: Path
) -> None:
    old = os.umask(0)
    try:
        terminal("backup", tmp_path / "night.backup", "--to", RECIPIENT)
        copying.copy_database(f"sqlite:///{tmp_path / 'casebridge.db'}", tmp_path / "copy", lambda _done: None)
    finally:
        os.umask(old)
    assert mode_of(tmp_path / "night.backup") == mode_of(tmp_path / "copy") == 0o600
    assert not list((tmp_path / "data").iterdir()), "the copy that is not encrypted is gone"
    content = (tmp_path / "night.backup").read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert not [word for word in (b"SQLite format", b"casebridge", b"backup.json") if word in content]


@pytest.mark.parametrize("member", ["../evil", "files/../../evil", "database/x", "backup.json\n", "files/none"])
def test_a_backup_of_an_attacker_writes_nowhere_else(tmp_path: Path, member: str) -> None:
    packed, out = BytesIO(), tmp_path / "out"
    out.mkdir()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        info = tarfile.TarInfo(member)
        info.size = 4
        tar.addfile(info, BytesIO(b"evil"))
    packed.seek(0)
    with pytest.raises(BridgeError, match="no whole backup"):
        archive.read(packed, out, lambda _done: None)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_backup_of_an_attacker_holds_no_links(tmp_path: Path) -> None:
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        info = tarfile.TarInfo("database")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    packed.seek(0)
    with pytest.raises(BridgeError, match="no whole backup"):
        archive.read(packed, tmp_path, lambda _done: None)
    assert list(tmp_path.iterdir()) == []


async def test_the_data_folder_of_a_first_start_is_for_its_owner_only(tmp_path: Path) -> None:
    async with embedded(tmp_path, free_port()):
        pass
    assert mode_of(tmp_path / "casebridge-data") == 0o700
    assert mode_of(tmp_path / "casebridge-data" / "casebridge.db") == 0o600


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("messengers__telegram__api_base_url", "file:///etc/passwd"),
        ("messengers__telegram__api_base_url", "gopher://evil.example"),
        ("messengers__telegram__api_base_url", "javascript:alert(1)"),
        ("messengers__telegram__proxy", "file:///etc/passwd"),
        ("server__public_url", "javascript:alert(1)"),
        ("server__public_url", "data:text/html,x"),
        ("watchdog__url", "file:///etc/passwd"),
        ("server__trusted_proxies", '["*"]'),
        ("server__trusted_proxies", '["evil.example"]'),
        ("database__url", "mysql://root@evil.example/x"),
        ("database__url", "sqlite://"),
    ],
)
def test_an_address_of_a_kind_that_is_never_called_stops_the_start(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    from click.testing import CliRunner

    result = CliRunner(env={f"CASEBRIDGE_{key.upper()}": value}).invoke(
        main, ["check", "--config", str(terminal.config)], prog_name="casebridge"
    )
    assert result.exit_code == 1, result.output


def test_the_file_of_a_secret_may_be_no_folder_and_its_content_is_never_shown(
    terminal: Terminal, tmp_path: Path
) -> None:
    from click.testing import CliRunner

    (tmp_path / "binary").write_bytes(b"\xff\xfeSECRET" * 20)
    for path in (tmp_path, tmp_path / "none", tmp_path / "binary", Path("/dev/null")):
        env = {"CASEBRIDGE_MESSENGERS__TELEGRAM__SECRET_TOKEN_FILE": str(path)}
        result = CliRunner(env=env).invoke(main, ["check", "--config", str(terminal.config)], prog_name="casebridge")
        assert result.exit_code == 1
        assert "SECRET" not in result.output.replace("SECRET_TOKEN", "")


def test_the_program_does_not_listen_to_others_unless_it_is_told_to() -> None:
    from bot.config.load import load

    assert load(None, {}).server.host == "127.0.0.1"
    assert assembly._http(object()).proxy_headers is False
