"""What the people in an identified export were promised: it is never there to be read but by whom it is made for."""

from __future__ import annotations

import csv
import errno
import gc
import io
import json
import tracemalloc
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
import pytest

from bot.domain.case import Case, Channel
from bot.domain.errors import BridgeError, StorageError
from bot.domain.guarded import Guarded
from bot.record import age
from bot.record.age import is_recipient
from bot.record.export.age import SealedFile
from bot.record.export.case_log import export, file_name
from bot.record.export.dossier import ExportReader
from bot.record.export.file_form import FileForm
from bot.record.export.identified import COLUMNS
from bot.record.export.manifest import ExportRequest, Manifest
from tests.kit.casebook import AGREEMENT, SINCE, UNTIL, a_case, accepted, answered, clock, keep
from tests.kit.database import KeptStorage

pytestmark = pytest.mark.long

DAY = timedelta(days=1)
KEY, OTHER = (pyrage.x25519.Identity.generate() for _ in range(2))
READER = ExportReader("KH", AGREEMENT)
SECRETS = (b"Nanchang", b"sister of Chan", b"Sok Dara", b"girl 16", b"reference")


def order(form: str = "csv", **changes: Any) -> ExportRequest:
    plain = ExportRequest(
        form, SINCE, UNTIL, ("KH",), "person:9", "the prosecutor asks", str(KEY.to_public()), "person:7", "4x2k9"
    )
    return replace(plain, **changes)


async def nothing(_cases: Sequence[Case]) -> None:
    """Where nobody looks at what is journalled."""


async def made(folder: Path, request: ExportRequest, *cases: Case, reader: ExportReader | None = READER) -> Manifest:
    storage = KeptStorage()
    await keep(storage, cases)
    target = folder / file_name(request, 7)
    return await export(storage, request, target, clock=clock, agreement=AGREEMENT, reader=reader, included=nothing)


def opened(folder: Path, key: Any = KEY) -> bytes:
    (sealed,) = folder.glob("*.age")
    return bytes(pyrage.decrypt(sealed.read_bytes(), [key]))


def left_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def open_files(folder: Path) -> int:
    """How many pipes, and files in a folder, this process has open."""
    links = [str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
    return sum(link.startswith(("pipe:", str(folder))) for link in links)


def a_full_case(number: int) -> Case:
    return accepted(answered(a_case(number)), Channel.POLICE, DAY, return_reason=Guarded("wrong desk"))


@pytest.mark.parametrize("form", ["csv", "jsonl", "htcds"])
async def test_who_has_the_key_reads_every_case_and_nobody_else_anything(form: str, tmp_path: Path) -> None:
    manifest = await made(tmp_path, order(form), *(a_full_case(n) for n in range(1, 702)))
    plain = opened(tmp_path)
    assert manifest.count == 701
    lines = plain.decode("utf-8-sig").splitlines()
    assert len(lines) == 701 + (form != "jsonl")
    assert b"girl 16" in plain
    with pytest.raises(pyrage.DecryptError):
        opened(tmp_path, OTHER)
    assert not [secret for secret in SECRETS[:-1] for content in left_in(tmp_path).values() if secret in content]


async def test_a_line_of_json_has_what_points_to_people_under_its_name(tmp_path: Path) -> None:
    await made(tmp_path, order("jsonl"), a_full_case(1))
    row = json.loads(opened(tmp_path))
    assert tuple(row) == COLUMNS
    assert (row["area"], row["reporting_officer"]) == ("Jiangxi, Nanchang", "Sok Dara")
    assert row["police_accepting_officer"] == ["Wang Min"]
    assert row["return_reasons"] == ["police: wrong desk"]
    assert row["texts"] == ["2026-01-01T00:00:00Z KH first: urgent, girl 16, sister of Chan"]
    assert "fears_own_authorities" not in row


async def test_the_name_of_the_file_says_that_it_is_sealed_and_its_manifest_keeps_why_to_itself(tmp_path: Path) -> None:
    manifest = await made(tmp_path, order("htcds"), a_full_case(1))
    assert manifest.file == "casebridge-20260101-20260401-7.htcds.csv.age"
    said = json.loads((tmp_path / f"{manifest.file}.manifest.json").read_text("utf-8"))
    assert (said["identified"], said["order"], said["reason"]) == (True, "4x2k9", "")
    assert "fears_own_authorities" in said["notes"]["left_out"]


@pytest.mark.parametrize(("text", "shown"), [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t'=1")])
async def test_a_formula_is_only_text_behind_a_lock_too(text: str, shown: str, tmp_path: Path) -> None:
    await made(tmp_path, order(), answered(a_case(1), {"area": text}))
    (row,) = csv.DictReader(io.StringIO(opened(tmp_path).decode("utf-8-sig"), newline=""))
    assert row["area"] == shown


async def test_while_it_is_made_nothing_plain_is_on_the_disk(tmp_path: Path) -> None:
    storage, looked = KeptStorage(), 0
    await keep(storage, [a_full_case(n) for n in range(1, 2002)])

    def look(_written: int, _all: int) -> None:
        nonlocal looked
        for file in (f for f in tmp_path.rglob("*") if f.is_file()):
            looked += 1
            assert not [secret for secret in SECRETS if secret in file.read_bytes()], file.name

    target = tmp_path / "log.csv.age"
    await export(
        storage, order(), target, clock=clock, agreement=AGREEMENT, reader=READER, included=nothing, progress=look
    )
    assert looked >= 4


async def test_a_long_one_is_sealed_in_flat_memory(tmp_path: Path) -> None:
    sealed = await _opened(tmp_path / "x.age")
    row = ("x" * 1000,)
    gc.collect()
    tracemalloc.start()
    try:
        sealed.write(row for _ in range(20_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        sealed.abandon()
    assert peak < 2_000_000, "of 20 MB"


async def _opened(path: Path) -> SealedFile:
    return SealedFile(path, ("a",), "csv", str(KEY.to_public()), FileForm())


class FullDisk(io.RawIOBase):
    """A disk that takes so many bytes and no more."""

    def __init__(self, takes: int) -> None:
        self.left = takes

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.left -= len(content)
        if self.left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(content)


def fill_the_disk(monkeypatch: pytest.MonkeyPatch, takes: int) -> None:
    plain = age._Disk

    def full(file: BinaryIO) -> Any:
        file.close()
        return plain(io.BufferedWriter(FullDisk(takes)))

    monkeypatch.setattr(age, "_Disk", full)


@pytest.mark.parametrize("takes", [0, 100, 70_000, 300_000])
async def test_a_full_disk_leaves_nothing_and_is_told_in_one_sentence(
    takes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_disk(monkeypatch, takes)
    with pytest.raises(BridgeError, match=r"No space left on device\. Nothing was left there\."):
        await made(tmp_path, order(), *(a_full_case(n) for n in range(1, 2001 if takes > 100 else 2)))
    assert not left_in(tmp_path)


async def test_no_pipe_is_left_open_however_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = open_files(tmp_path)
    await made(tmp_path, order(), a_full_case(1))
    with pytest.raises(BridgeError):
        await made(tmp_path, order("xlsx"), a_full_case(1))
    fill_the_disk(monkeypatch, 70_000)
    with pytest.raises(BridgeError):
        await made(tmp_path, order(), *(a_full_case(n) for n in range(1, 2001)))
    gc.collect()
    assert open_files(tmp_path) == before


async def test_nothing_is_made_when_it_could_not_be_journalled(tmp_path: Path) -> None:
    storage = KeptStorage()
    await keep(storage, [a_full_case(1)])

    async def refused(_cases: Iterable[Case]) -> None:
        raise StorageError("The database is busy.")

    with pytest.raises(StorageError):
        await export(
            storage,
            order(),
            tmp_path / "log.csv.age",
            clock=clock,
            agreement=AGREEMENT,
            reader=READER,
            included=refused,
        )
    assert not left_in(tmp_path)


@pytest.mark.parametrize(
    ("request_", "reader", "sentence"),
    [
        (order("xlsx"), READER, "made as one of csv, htcds, jsonl"),
        (order(recipient="age1abc"), READER, "no age recipient"),
        (order(parties=()), READER, "made for one side, of its own cases"),
        (order(parties=("KH", "CN")), READER, "made for one side"),
        (order(), None, "made for one side"),
    ],
)
async def test_an_order_that_must_not_be_carried_out_is_refused_in_one_sentence(
    request_: ExportRequest, reader: ExportReader | None, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(BridgeError, match=sentence):
        await made(tmp_path, request_, a_full_case(1), reader=reader)
    assert not left_in(tmp_path)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (str(KEY.to_public()), True),
        (str(KEY), False),  # the secret half
        (str(KEY.to_public()).upper(), False),
        (str(KEY.to_public())[:-1] + ("x" if str(KEY.to_public())[-1] != "x" else "y"), False),
        ("age1", False),
        ("", False),
        ("age1" + "q" * 10_000, False),
        ("age1ภาษา", False),
        ("ssh-ed25519 AAAAC3Nz", False),
    ],
    ids=["public", "secret", "capitals", "changed", "cut", "empty", "endless", "letters", "another kind"],
)
def test_only_a_recipient_is_taken_for_one(text: str, is_one: bool) -> None:
    assert is_recipient(text) is is_one
