"""Backups at a terminal: one encrypted file with all that is kept but the keys, and a bridge made of it elsewhere."""

from __future__ import annotations

import asyncio
import re
import stat
import threading
from contextlib import nullcontext
from pathlib import Path

import pyrage
import pytest

from bot.app import essentials
from bot.app.backup import BackupOrder, back_up, nightly_backup
from bot.app.bridge import Bridge
from bot.config.load import load
from bot.jobs.nightly_backup import backup_note
from bot.record.backup.archive import Manifest
from bot.record.backup.sealed_file import Parts, Progress, write
from tests.kit.keys import RECIPIENT, identity_file, key_file, ring
from tests.kit.running import Setup, Terminal, elsewhere_of
from tests.kit.waiting import until


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    return identity_file(tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Setup:
    """Another machine with the same configuration and nothing else."""
    return elsewhere_of(tmp_path, desks={"kh-duty": [], "kh-police": [], "cn-duty": ["telegram:-1001"]})


def backed_up(setup: Setup, terminal: Terminal) -> Path:
    file = setup.folder / "night.backup"
    terminal("backup", file, "--to", RECIPIENT)
    return file


def test_a_backup_is_restored_elsewhere_with_everything_in_it(
    setup: Setup, terminal: Terminal, identity: Path, elsewhere: Setup
) -> None:
    people, verified = terminal("people"), terminal("journal", "verify")
    file = setup.folder / "night.backup"
    made = terminal("backup", file, "--to", RECIPIENT)
    assert re.fullmatch(rf"{file}: backup of \S+Z, files 0, read back, SHA-256 [0-9a-f]{{64}}\.", made[0])
    assert f"you also need the key file {setup.folder / 'casebridge.key'}, which is not in it" in made[1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there = Terminal(elsewhere.file)
    restored = there("restore", file, "--identity", identity)
    assert restored[0].startswith("Restored as of ")
    assert there("people") == people
    assert there("journal", "verify") != verified, "the backup and the restore are on record"
    assert [act for (act,) in elsewhere.query("SELECT act FROM journal ORDER BY id")][-1:] == ["restored"]
    assert stat.S_IMODE((elsewhere.folder / "casebridge.db").stat().st_mode) == 0o600


async def test_the_night_makes_one_that_can_be_restored(setup: Setup, identity: Path, elsewhere: Setup) -> None:
    setup.file.write_text(setup.file.read_text("utf-8") + f'\n[backup]\nrecipient = "{RECIPIENT}"\n', "utf-8")
    settings = load(setup.file, {})
    async with setup.storage() as storage:
        bridge = Bridge(storage, {}, essentials.rules_of(settings), essentials.chance(), clock=essentials.clock)
        await bridge.start()
        assert await nightly_backup(settings, storage, bridge.line, essentials.clock).tick()
        await bridge.stop()
        noted = await backup_note(storage, essentials.clock, is_nightly=True)
    assert noted == {"backup": "the last good one is 0 min old"}
    (file,) = (setup.folder / "data" / "backups").iterdir()
    await Terminal(elsewhere.file).beside("restore", file, "--identity", identity)
    assert elsewhere.query("SELECT reference FROM cases") == setup.query("SELECT reference FROM cases")
    assert [(act,) for act in ("backed_up",)] == setup.query("SELECT act FROM journal ORDER BY id DESC LIMIT 1")


async def test_one_that_nobody_waits_for_any_more_ends_at_its_next_step_and_leaves_nothing(setup: Setup) -> None:
    began, goes_on = threading.Event(), threading.Event()

    def step(_done: int) -> None:
        began.set()
        goes_on.wait()

    order = BackupOrder(setup.folder / "night.backup", RECIPIENT, essentials.clock())
    async with setup.storage() as storage:
        progress: Progress = lambda _label, _length: nullcontext(step)  # noqa: E731
        making = asyncio.create_task(back_up(load(setup.file, {}), storage, order, _unrecorded, progress))
        await asyncio.to_thread(began.wait)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        goes_on.set()
        await until(lambda: not list((setup.folder / "data").iterdir()))
    assert not list(setup.folder.glob("*night*"))


async def _unrecorded(_act: object) -> None:
    raise AssertionError("nothing was made")


def test_a_file_that_was_let_go_of_meanwhile_is_left_out(tmp_path: Path) -> None:
    there = tmp_path / ("a" * 64)
    there.write_bytes(b"sealed")
    manifest = Manifest("2026-04-18T07:05:00Z", "0.1.0", "0001", "", ("00000001",), "casebridge.key")
    parts = Parts(manifest, None, [tmp_path / ("b" * 64), there])
    write(tmp_path / "part", parts, RECIPIENT, lambda _label, _length: nullcontext(lambda _done: None))
    assert (tmp_path / "part").stat().st_size > 0


def test_the_keys_are_not_in_it_and_are_asked_for_by_name(
    setup: Setup, terminal: Terminal, identity: Path, elsewhere: Setup
) -> None:
    file = backed_up(setup, terminal)
    (elsewhere.folder / "casebridge.key").unlink()
    (said,) = Terminal(elsewhere.file)("restore", file, "--identity", identity, code=1)
    assert said.startswith(f"{elsewhere.folder / 'casebridge.key'}: There is no such file.")
    assert "it needs the key file casebridge.key with key 00000001" in said
    key_file(elsewhere.folder, ring(2).to_text())
    (said,) = Terminal(elsewhere.file)("restore", file, "--identity", identity, code=1)
    assert "it needs the key file casebridge.key with key 00000001" in said
    assert left_in(elsewhere) == {"config.toml", "casebridge.key"}


def test_it_is_restored_into_an_empty_place_only(
    setup: Setup, terminal: Terminal, identity: Path, elsewhere: Setup
) -> None:
    file = backed_up(setup, terminal)
    before = (setup.folder / "casebridge.db").read_bytes()
    (said,) = terminal("restore", file, "--identity", identity, code=1)
    assert said == f"There is a database already: {setup.folder / 'casebridge.db'}. Restore into an empty place only."
    assert (setup.folder / "casebridge.db").read_bytes() == before
    kept = elsewhere.folder / "data" / "attachments" / "aa" / "bb" / ("a" * 64)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"sealed")
    (said,) = Terminal(elsewhere.file)("restore", file, "--identity", identity, code=1)
    assert said == f"There are files already in {kept.parents[2]}. Restore into an empty place only."
    assert kept.exists()


def test_what_was_changed_or_cut_off_is_not_restored(
    setup: Setup, terminal: Terminal, identity: Path, elsewhere: Setup
) -> None:
    whole = backed_up(setup, terminal).read_bytes()
    file = setup.folder / "other.backup"
    spoilt = bytearray(whole)
    spoilt[len(spoilt) // 2] ^= 1
    for content in (whole[:-1], whole[: len(whole) // 2], bytes(spoilt), b"", b"age-encryption.org/v1\n"):
        file.write_bytes(content)
        (said,) = Terminal(elsewhere.file)("restore", file, "--identity", identity, code=1)
        assert said.endswith((".", "older one."))
        assert left_in(elsewhere) == {"config.toml", "casebridge.key"}


def test_another_identity_opens_nothing_and_is_not_shown(
    setup: Setup, terminal: Terminal, identity: Path, elsewhere: Setup
) -> None:
    file = backed_up(setup, terminal)
    other = str(pyrage.x25519.Identity.generate())
    identity.write_text(f"{other}\n", "utf-8")
    (said,) = Terminal(elsewhere.file)("restore", file, "--identity", identity, code=1)
    assert said == "The file does not open with this identity, or it is no age file."
    identity.write_text("AGE-SECRET-KEY-1NONE\n", "utf-8")
    (said,) = Terminal(elsewhere.file)("restore", file, "--identity", identity, code=1)
    assert said == f"{identity} is no age identity: a line of it begins with AGE-SECRET-KEY-1."


def test_a_backup_needs_a_recipient(setup: Setup, terminal: Terminal) -> None:
    (said,) = terminal("backup", setup.folder / "night.backup", code=1)
    assert said.startswith("A backup is encrypted to an age recipient: name it with --to, or in backup.recipient.")
    (said,) = terminal("backup", setup.folder / "night.backup", "--to", "age1none", code=1)
    assert said.startswith("A backup is encrypted to an age recipient")
    setup.file.write_text(setup.file.read_text("utf-8") + f'\n[backup]\nrecipient = "{RECIPIENT}"\n', "utf-8")
    assert terminal("backup", setup.folder / "night.backup")


def test_a_damaged_database_makes_no_backup_and_keeps_the_one_before(setup: Setup, terminal: Terminal) -> None:
    file = backed_up(setup, terminal)
    before = file.read_bytes()
    database = setup.folder / "casebridge.db"
    content = bytearray(database.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    database.write_bytes(content)
    terminal("backup", file, "--to", RECIPIENT, code=1)
    assert file.read_bytes() == before
    assert not list(setup.folder.glob(".night*"))


def test_a_backup_of_a_record_that_does_not_hold_is_made_and_says_so(setup: Setup, terminal: Terminal) -> None:
    terminal("invite", "--party", "KH", "--role", "officer", "--name", "Sok Dara")
    setup.change("UPDATE journal SET act = 'opened' WHERE id = (SELECT min(id) FROM journal)")
    lines = terminal("backup", setup.folder / "night.backup", "--to", RECIPIENT, code=1)
    assert lines[-1] == "The record in it does not hold, findings: 1. See: casebridge journal verify"
    assert (setup.folder / "night.backup").exists()


def left_in(setup: Setup) -> set[str]:
    """What is there, but for empty folders."""
    return {str(path.relative_to(setup.folder)) for path in setup.folder.rglob("*") if path.is_file()}
