"""Keys at a terminal: made, rotated, counted; and a bridge whose keys are wrong does not start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import storage
from bot.protection.keys import KeyFile
from storage import rotation
from tests.kit.keys import KEYS, key_file, ring
from tests.kit.processes import free_port
from tests.kit.running import Setup, Terminal, embedded, started


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "SETTLE", 0.0)


def _file(setup: Setup) -> Path:
    return setup.folder / "casebridge.key"


def test_keys_are_made_where_the_configuration_says_and_never_twice(setup: Setup, terminal: Terminal) -> None:
    _file(setup).unlink()
    (setup.folder / "casebridge.db").unlink()
    missing, _ = terminal("check", code=1)
    assert missing.startswith("security.key_file: There is no such file. ")
    (made,) = terminal("keys", "new")
    assert re.fullmatch(rf"Key [0-9a-f]{{8}} is in {_file(setup)}\. Keep a copy of it apart .*", made)
    assert terminal("check")[0] == "The configuration is right: 2 parties, 3 desks."
    before = _file(setup).read_bytes()
    assert terminal("keys", "new", code=1) == [f"{_file(setup)} is there already; nothing was changed."]
    assert _file(setup).read_bytes() == before


def test_keys_that_are_lost_are_not_made_anew_for_a_database_that_is_sealed(setup: Setup, terminal: Terminal) -> None:
    _file(setup).unlink()
    sealed = ["The database is sealed with keys already: restore those. Nothing was changed."]
    assert terminal("keys", "new", code=1) == sealed
    assert not _file(setup).exists()


def test_making_keys_needs_to_know_where(setup: Setup, terminal: Terminal) -> None:
    setup.file.write_text(re.sub(r"key_file = .*", "", setup.file.read_text("utf-8")), "utf-8")
    assert terminal("keys", "new", code=1) == [
        "security.key_file names no file: write in the configuration where it shall be."
    ]


def test_there_is_nothing_to_count_or_rotate_before_there_is_a_database(setup: Setup, terminal: Terminal) -> None:
    (setup.folder / "casebridge.db").unlink()
    nothing = ["The database has no tables yet: run `casebridge migrate`."]
    assert terminal("keys", "status", code=1) == terminal("keys", "rotate", code=1) == nothing
    assert not (setup.folder / "casebridge.db").exists()
    assert KeyFile(_file(setup)).read().ids == ("00000001",)


def test_a_rotation_says_what_it_did_and_status_shows_it(setup: Setup, terminal: Terminal) -> None:
    terminal("invite", "--party", "KH", "--role", "officer", "--name", "Sok Dara")
    (only,) = terminal("keys", "status")
    count = re.fullmatch(r"00000001  made 2026-04-01  (\d+) fields  current", only)
    assert count
    added, *_, done = terminal("keys", "rotate")
    current = KeyFile(_file(setup)).read().current.id
    assert added == f"Key {current} is added to {_file(setup)} and seals from now on."
    assert done.startswith(f"{count[1]} fields were sealed again; everything is under key {current}. Copy ")
    old, new = terminal("keys", "status")
    assert old == "00000001  made 2026-04-01  0 fields"
    assert re.fullmatch(rf"{current}  made [\d-]+  {count[1]} fields  current", new)
    assert "officer 11" in "".join(terminal("people"))

    lines = _file(setup).read_text("utf-8").splitlines()
    _file(setup).write_text("\n".join(line for line in lines if not line.startswith("00000001")), "utf-8")
    assert "officer 11" in "".join(terminal("people")), "the old key is needed for nothing"


def test_a_rotation_that_was_interrupted_goes_on_with_the_key_that_it_added(setup: Setup, terminal: Terminal) -> None:
    current = KeyFile(_file(setup)).add(ring(1).current.created).current.id
    words = "".join(terminal("keys", "rotate"))
    assert f"An earlier rotation to key {current} goes on." in words
    assert KeyFile(_file(setup)).read().current.id == current
    assert set(storage.fields_by_key(setup.database)) == {current}
    assert "is added to" in "".join(terminal("keys", "rotate")), "the next one is a new one"


def test_two_rotations_at_once_are_one(setup: Setup, terminal: Terminal) -> None:
    before = _file(setup).read_bytes()
    with KeyFile(_file(setup)).held():
        assert terminal("keys", "rotate", code=1) == [
            f"Another rotation of {_file(setup)} is under way; nothing was changed."
        ]
    assert _file(setup).read_bytes() == before


def test_a_field_that_nobody_can_open_is_named_and_the_next_rotation_is_not_held_up(
    setup: Setup, terminal: Terminal
) -> None:
    setup.change("UPDATE people SET sealed = x'01000000010000' WHERE id = 11")
    for _ in range(2):
        *_, sentence = terminal("keys", "rotate", code=1)
        current = KeyFile(_file(setup)).read().current.id
        assert sentence == (
            "1 fields do not open with any key and stay as they are; the first is people:11:sealed. "
            f"Everything else is under key {current}."
        )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ("unlink", "security.key_file: There is no such file."),
        ("chmod", "security.key_file: Others on this machine may read it. Run: chmod 600 "),
        ("empty", "security.key_file: holds not one index line and at least one key"),
        ("other", "The database is sealed with key 00000001, which is not in "),
        ("same id", "The database is sealed with another key 00000001 than that in "),
    ],
)
async def test_without_the_right_keys_the_bridge_does_not_start(setup: Setup, spoil: str, sentence: str) -> None:
    _spoil(_file(setup), spoil)
    first, *more = await Terminal(setup.file).beside("run", code=1)
    assert first.startswith(sentence)
    assert more == ([f"1 mistake in {setup.file}."] if sentence.startswith("security") else [])


def _spoil(file: Path, how: str) -> None:
    if how == "unlink":
        file.unlink()
    elif how == "chmod":
        file.chmod(0o644)
    else:
        texts = {"empty": "", "other": ring(2).to_text(), "same id": KEYS.replace("AQEB", "AgIC")}
        file.write_text(texts[how], "utf-8")


async def test_the_sample_makes_its_keys_once_and_refuses_to_start_when_they_are_gone(tmp_path: Path) -> None:
    file, port = tmp_path / "casebridge-data" / "casebridge.key", free_port()
    async with embedded(tmp_path, port) as program:
        assert file.stat().st_mode & 0o777 == 0o600
        made = file.read_bytes()
        assert await program.terminate() == 0
    assert made.splitlines()[-1].split()[-1] not in program.output.encode()
    file.rename(tmp_path / "kept")
    async with started(tmp_path, "run", port=port, file=tmp_path / "second.txt") as program:
        assert await program.ended() == 1
    assert program.output.startswith("casebridge-data/casebridge.key: There is no such file. Restore it from your copy")
    assert not file.exists()


def test_keys_in_the_environment_serve_like_a_file(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    setup.file.write_text(re.sub(r"key_file = .*", f"key = '''{KEYS}'''", setup.file.read_text("utf-8")), "utf-8")
    terminal = Terminal(setup.file)
    assert "officer 11" in "".join(terminal("people"))
    assert "current" in terminal("keys", "status")[0]
    assert terminal("keys", "new", code=1) == ["The keys stand in security.key already; nothing was made."]
    both = ring(1, 2).to_text()
    setup.file.write_text(setup.file.read_text("utf-8").replace(KEYS, both), "utf-8")
    *_, done = terminal("keys", "rotate")
    assert "everything is under key 00000002" in done
    assert key_file(setup.folder).read_text("utf-8") == KEYS


def test_a_key_for_push_services_is_added_to_older_keys_once_and_outlives_a_rotation(
    setup: Setup, terminal: Terminal
) -> None:
    text = setup.file.read_text("utf-8")
    setup.file.write_text(f"{text}\n[messengers.web]\npush_contact = 'it@bridge.example'\n", "utf-8")
    assert "Add one with `casebridge keys push`." in terminal("check", code=1)[0]
    before = KeyFile(_file(setup)).read()
    assert before.push is None
    (added,) = terminal("keys", "push")
    assert added.startswith(f"{_file(setup)} has a key for push services now.")
    after = KeyFile(_file(setup)).read()
    assert after.push is not None
    assert (after.keys, after.index) == (before.keys, before.index)
    assert (_file(setup).stat().st_mode & 0o777) == 0o600
    terminal("check")
    assert terminal("keys", "push", code=1) == [
        f"{_file(setup)} has a key for push services already; nothing was changed."
    ]
    terminal("keys", "rotate")
    assert KeyFile(_file(setup)).read().push == after.push


def test_new_keys_have_one_for_push_services(setup: Setup, terminal: Terminal) -> None:
    _file(setup).unlink()
    (setup.folder / "casebridge.db").unlink()
    terminal("keys", "new")
    assert KeyFile(_file(setup)).read().push is not None
