"""The journal's check and export on the command line, and the check that stands alone."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain import verify_journal
from bot.domain.journal import Entry
from bot.domain.turn import Turn
from bot.ports.retention import Purge
from tests.kit.clock import START
from tests.kit.running import Setup, Terminal
from tests.kit.site import sample_case

CASE = sample_case().id
NAMES = ("Sok Dara", "Chan Vanna", "Kim Ly")


def _invite(terminal: Terminal) -> None:
    for name in NAMES:
        terminal("invite", "--party", "KH", "--role", "officer", "--name", name)


@pytest.fixture
def exported(terminal: Terminal, setup: Setup, tmp_path: Path) -> Path:
    """A journal with two chains, one of them with purged details, in a file."""
    _invite(terminal)
    asyncio.run(_purge(setup))
    file = tmp_path / "journal.jsonl"
    terminal("journal", "export", "-o", file)
    return file


async def _purge(setup: Setup) -> None:
    acts = [
        Entry(n, "KC", START, "person:21", "noted", CASE, details={"reason": "moved to Nanchang"}, salt="5a17")
        for n in (901, 902, 903)
    ]
    async with setup.storage() as storage:
        await storage.apply([Turn(journal=tuple(acts))])
        record = Entry(910, "KC", START, "clock", "purged", CASE, salt="5a17")
        await storage.purge(Purge(CASE, 1, is_whole=False, record=record, limit=2))


def test_the_journal_of_the_database_is_checked_and_tampering_is_found(terminal: Terminal, setup: Setup) -> None:
    assert terminal("journal", "verify") == ["The journal is empty."]
    _invite(terminal)
    (right,) = terminal("journal", "verify")
    assert re.fullmatch(r"Journal -: 3 entries, all in order\. Head [0-9a-f]{64}", right)
    setup.change("UPDATE journal SET actor = 'cli:somebody_else' WHERE sequence = 2")
    setup.change("UPDATE journal SET sealed = (SELECT sealed FROM journal WHERE sequence = 1) WHERE sequence = 3")
    second, third, summary, sentence = terminal("journal", "verify", code=1)
    assert re.fullmatch(r"Journal -, entry 2 \(id \d+\): it was changed\.", second)
    assert re.fullmatch(r"Journal -, entry 3 \(id \d+\): its details were changed\.", third)
    assert summary == "Journal -: 3 entries, findings: 2."
    assert sentence == "The record does not hold. Findings: 2."


def test_a_witness_finds_what_the_database_hides(terminal: Terminal, setup: Setup, tmp_path: Path) -> None:
    _invite(terminal)
    head = terminal("journal", "verify")[0].rpartition(" ")[2]
    witness = f"-:3:{head}"
    terminal("journal", "verify", "--witness", witness)
    setup.change("DELETE FROM journal WHERE sequence = 3")
    setup.change("UPDATE chain_heads SET (sequence, hash) = (SELECT sequence, hash FROM journal WHERE sequence = 2)")
    terminal("journal", "verify")
    kept = tmp_path / "witnesses.txt"
    kept.write_text(f"# from the digests\n--witness={witness}\n\n", "utf-8")
    for word in (witness, kept):
        found = terminal("journal", "verify", "--witness", word, code=1)
        assert found[0] == "Journal -, entry 3: a witness names it, and it is not there."


@pytest.mark.parametrize("word", ["nonsense", "KC:0:" + "a" * 64, "KC:1:abc", "kc:1:" + "a" * 64])
def test_what_is_no_witness_is_one_sentence(terminal: Terminal, word: str) -> None:
    (sentence,) = terminal("journal", "verify", "--witness", word, code=1)
    assert sentence.startswith(f"{word} is neither a file nor a witness")


def test_an_export_is_for_its_owner_only_and_journalled(terminal: Terminal, setup: Setup, tmp_path: Path) -> None:
    _invite(terminal)
    file = tmp_path / "journal.jsonl"
    (told,) = terminal("journal", "export", "-o", file)
    assert re.fullmatch(rf"3 entries written to {file}, SHA-256 [0-9a-f]{{64}}\.", told)
    assert file.stat().st_mode & 0o777 == 0o600
    exported = asyncio.run(setup.journal())[-1]
    assert exported.act == "journal_exported"
    assert told[-65:-1] in str(exported.told)
    assert not list(tmp_path.glob(".journal-*"))


def test_an_exported_file_is_checked_like_the_database(terminal: Terminal, exported: Path) -> None:
    of_file = terminal("journal", "verify", exported)
    assert of_file[0].startswith("Journal -: 3 entries, all in order. Head ")
    assert of_file[1].startswith("Journal KC: 4 entries, all in order, 2 of them without their details, as recorded.")
    assert terminal("journal", "verify")[1] == of_file[1]


def test_one_chain_can_be_exported_alone_and_an_unknown_one_is_one_sentence(
    terminal: Terminal, exported: Path, tmp_path: Path
) -> None:
    file = tmp_path / "one.jsonl"
    terminal("journal", "export", "--chain", "KC", "-o", file)
    (line,) = terminal("journal", "verify", file)
    assert line.startswith("Journal KC: 4 entries")
    assert terminal("journal", "export", "--chain", "QQ", "-o", file, code=1) == [
        "There is no chain QQ. There are: -, KC."
    ]
    (sentence,) = terminal("journal", "export", "-o", tmp_path / "nowhere" / "j.jsonl", code=1)
    assert str(tmp_path / "nowhere") in sentence


def test_whoever_may_only_verify_gets_no_details(terminal: Terminal, exported: Path, tmp_path: Path) -> None:
    detail, salt = "Nanchang", '"5a17"'  # in quotes: a hash may hold the same four digits
    assert all(words in exported.read_text("utf-8") for words in (detail, salt))
    file = tmp_path / "bare.jsonl"
    terminal("journal", "export", "--without-details", "-o", file)
    text = file.read_text("utf-8")
    assert detail not in text
    assert salt not in "".join(line for line in text.splitlines() if '"act":"purged"' not in line)
    assert "all in order, 2 of them without" in terminal("journal", "verify", file)[1]
    file.write_text(text.replace('"withholds_details":true', '"withholds_details":false'), "utf-8")
    assert "its details are withheld in a file that holds details." in terminal("journal", "verify", file, code=1)[0]


def test_a_file_that_is_no_journal_is_told(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    for content in ('{"id": 1}\n', "", "[]\n", "\udcff"):
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
        assert terminal("journal", "verify", file, code=1)[0] == (
            "Line 1: this is no exported journal, or its first line was changed."
        )


# Alone: one file, the standard library, another folder.


def _alone(folder: Path, *words: object) -> tuple[int, list[str]]:
    folder.mkdir(exist_ok=True)
    script = shutil.copy(verify_journal.__file__, folder / "verify_journal.py")
    command = [sys.executable, "-I", "-S", script, *map(str, words)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_the_check_that_stands_alone_says_the_same(terminal: Terminal, exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    code, said = _alone(folder, exported)
    assert (code, said) == (0, terminal("journal", "verify", exported))
    head = said[1].rpartition(" ")[2]
    assert _alone(folder, exported, f"--witness=KC:4:{head}")[0] == 0
    code, said = _alone(folder, exported, f"--witness=KC:5:{head}")
    assert (code, said[1]) == (1, "Journal KC, entry 5: a witness names it, and it is not there.")


TAMPERED = {
    "a changed word": ('"act":"noted"', '"act":"alerted"', "it was changed."),
    "changed details": ("Nanchang", "Nanning", "its details were changed."),
    "details put back": ('"details":null', '"details":{}', "its details were changed."),
    "details taken": (
        '"details":{"reason":"moved to Nanchang"},"digest"',
        '"details":null,"digest"',
        "its details are gone, but not by a purge.",
    ),
    "a false purge": ('"entries":2,"is_done"', '"entries":3,"is_done"', "its details were changed."),
    "other writing": ('"act":"noted"', '"act": "noted"', "this is no journal entry as the bridge writes it."),
    "fewer promised": ('"entries":4', '"entries":3', "the first line promises 3 entries."),
    "another head": ('"head":[4,"', '"head":[5,"', "the end is cut off: the stored head is entry 5."),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_the_check_that_stands_alone_finds_tampering(exported: Path, tmp_path: Path, how: str) -> None:
    before, after, problem = TAMPERED[how]
    text = exported.read_text("utf-8")
    assert before in text
    exported.write_text(text.replace(before, after, 1), "utf-8")
    code, said = _alone(tmp_path / "elsewhere", exported)
    assert code == 1
    assert any(problem in line for line in said)


@pytest.mark.parametrize("line", range(1, 8))
def test_a_line_that_is_gone_or_doubled_is_found(exported: Path, tmp_path: Path, line: int) -> None:
    lines = exported.read_text("utf-8").splitlines(keepends=True)
    assert len(lines) == 8
    for changed in ([*lines[:line], *lines[line + 1 :]], [*lines[: line + 1], *lines[line:]]):
        exported.write_text("".join(changed), "utf-8")
        assert _alone(tmp_path / "elsewhere", exported)[0] == 1


@pytest.mark.parametrize("line", [1, 2, 4, 5, 6])
def test_two_entries_that_changed_places_are_found(exported: Path, tmp_path: Path, line: int) -> None:
    lines = exported.read_text("utf-8").splitlines(keepends=True)
    lines[line], lines[line + 1] = lines[line + 1], lines[line]
    exported.write_text("".join(lines), "utf-8")
    assert _alone(tmp_path / "elsewhere", exported)[0] == 1


def test_wrong_use_and_a_missing_file_are_told_without_a_traceback(tmp_path: Path) -> None:
    assert _alone(tmp_path / "elsewhere")[0] == 2
    code, said = _alone(tmp_path / "elsewhere", tmp_path / "nothing.jsonl")
    assert code == 1
    assert len(said) == 1
