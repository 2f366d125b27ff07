"""The key file: made once, never written over, only its owner's, and every way in which it can be wrong is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.load import embedded, load
from bot.domain.errors import KeysUnusable
from bot.protection.keys import KeyFile, KeyText, new_ring, parse
from tests.kit.clock import START
from tests.kit.configuring import SMALLEST, Write, told, writer
from tests.kit.keys import KEYS, key, key_file, ring

LINES = KEYS.splitlines()
INDEX, FIRST = LINES[-2:]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    return writer(tmp_path)


def test_a_ring_comes_back_as_it_was_written() -> None:
    assert parse(ring(1, 2, 3).to_text()) == ring(1, 2, 3)
    assert parse(f"{INDEX};{FIRST}") == ring(1), "on one line for the environment"
    drawn = new_ring(START)
    assert parse(drawn.to_text()) == drawn


def test_no_key_is_shown_by_accident() -> None:
    shown = repr(ring(1)) + repr(KeyText(KEYS)) + str(key(1))
    assert "AQEB" not in shown
    assert "x01" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        INDEX,
        FIRST,
        f"{INDEX}\n{INDEX}\n{FIRST}",
        f"{INDEX}\n{FIRST}\n{FIRST}",
        f"{INDEX}\n{FIRST[:-8]}",
        f"{INDEX}\n{FIRST[:-1]}",
        f"{INDEX}\n{FIRST} more",
        f"{INDEX}\n{FIRST.replace('00000001', 'one')}",
        f"{INDEX}\n{FIRST.replace('2026', 'today')}",
        f"{INDEX}\n{FIRST.replace('AQEB', 'A!EB')}",
    ],
)
def test_whatever_is_wrong_with_the_text_is_told_without_any_key(text: str, written: Write, tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable) as caught:
        parse(text)
    assert "AQEB" not in str(caught.value)
    file = key_file(tmp_path, text)
    assert set(told(written, SMALLEST, CASEBRIDGE_SECURITY__KEY="", CASEBRIDGE_SECURITY__KEY_FILE=str(file))) == {
        "security.key_file"
    }
    if text:
        assert set(told(written, SMALLEST, CASEBRIDGE_SECURITY__KEY=text)) == {"security.key"}


def test_a_file_is_made_for_its_owner_alone_and_never_over_another(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "new" / "casebridge.key")
    made = file.make(START)
    assert file.read() == made
    assert file.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        file.make(START)
    assert file.read() == made
    assert [each.name for each in file.path.parent.iterdir()] == ["casebridge.key"]


def test_a_key_is_added_behind_the_others_and_the_index_key_stays(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "casebridge.key")
    made = file.make(START)
    longer = file.add(START)
    assert file.read() == longer
    assert longer.keys[:-1] == made.keys
    assert longer.index == made.index
    assert longer.current not in made.keys
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["casebridge.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused_with_the_command_that_mends_it(tmp_path: Path, mode: int) -> None:
    file = key_file(tmp_path)
    file.chmod(mode)
    with pytest.raises(KeysUnusable, match=f"Others on this machine may read it. Run: chmod 600 {file}"):
        KeyFile(file).read()


@pytest.mark.parametrize("spoil", ["missing", "folder", "bytes"])
def test_a_file_that_cannot_be_read_is_told(written: Write, tmp_path: Path, spoil: str) -> None:
    file = tmp_path / "keys"
    if spoil == "folder":
        file.mkdir()
    elif spoil == "bytes":
        file.write_bytes(b"\xff\xfe")
    mistakes = told(written, SMALLEST, CASEBRIDGE_SECURITY__KEY="", CASEBRIDGE_SECURITY__KEY_FILE=str(file))
    assert set(mistakes) == {"security.key_file"}


def test_a_configuration_without_keys_is_a_mistake_among_all_others(written: Write) -> None:
    mistakes = told(written, SMALLEST + "[server]\nprot = 1\n", CASEBRIDGE_SECURITY__KEY="")
    assert set(mistakes) == {"server.prot", "security.key_file"}
    assert "casebridge keys new" in mistakes["security.key_file"].remedy


def test_keys_in_two_places_are_a_mistake(written: Write, tmp_path: Path) -> None:
    assert set(told(written, SMALLEST, CASEBRIDGE_SECURITY__KEY_FILE=str(key_file(tmp_path)))) == {"security.key_file"}


def test_keys_in_the_configuration_are_kept_out_of_the_log(written: Write) -> None:
    settings = written(SMALLEST)
    assert FIRST.split()[-1] in settings.secrets
    assert FIRST.split()[-1] not in f"{settings!r} {settings.model_dump_json()}"


def test_the_sample_has_its_keys_beside_its_database_and_makes_them_by_itself(tmp_path: Path) -> None:
    assert embedded().security.key_file == "casebridge-data/casebridge.key"
    elsewhere = {"CASEBRIDGE_BRIDGE__DATA_DIR": str(tmp_path)}
    file = tmp_path / "casebridge.key"
    assert load(None, elsewhere).security.key_file == str(file)
    file.write_text("nonsense")
    assert set(told(load, None, elsewhere)) == {"security.key_file"}
    assert set(told(load, None, {"CASEBRIDGE_SECURITY__KEY_FILE": "/there/is/none"})) == {"security.key_file"}
