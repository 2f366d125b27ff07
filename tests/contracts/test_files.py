"""Contents of files: sealed on the disk, whole or not at all, and found by their hash only."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from bot.domain.errors import SealBroken, StorageError
from bot.ports.storage import Files
from bot.protection.keys import KeyText
from bot.protection.sealing import Vault
from storage.files import FileStore
from tests.fakes.files import MemoryFiles
from tests.kit.keys import KEYS, VAULT, vault

SECRET = b"Passport N01830275, Sok Srey Neang"
SHA256 = hashlib.sha256(SECRET).hexdigest()


@pytest.fixture(params=["memory", "folder"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return MemoryFiles() if request.param == "memory" else FileStore(tmp_path / "attachments", VAULT)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path, VAULT)


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_content_is_read_back_by_its_hash(files: Files) -> None:
    assert await files.put(SECRET) == SHA256
    assert await files.read(SHA256) == SECRET
    assert await files.put(b"other") != SHA256


async def test_the_same_content_is_kept_once(files: Files) -> None:
    await files.put(SECRET)
    await files.put(SECRET)
    assert await files.kept() == [SHA256]


async def test_what_is_dropped_is_gone_and_dropping_it_again_does_no_harm(files: Files) -> None:
    await files.put(SECRET)
    await files.drop(SHA256)
    await files.drop(SHA256)
    assert await files.kept() == []
    with pytest.raises(StorageError):
        await files.read(SHA256)


async def test_on_the_disk_a_content_is_sealed_and_only_ours_to_read(store: FileStore, tmp_path: Path) -> None:
    await store.put(SECRET)
    (path,) = on_disk(tmp_path)
    assert path.relative_to(tmp_path) == Path(SHA256[:2], SHA256[2:4], SHA256)
    assert b"Passport" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_content_that_was_changed_on_the_disk_is_not_handed_out(store: FileStore, tmp_path: Path) -> None:
    await store.put(SECRET)
    (path,) = on_disk(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(SealBroken):
        await store.read(SHA256)


async def test_a_content_put_in_the_place_of_another_is_not_handed_out(store: FileStore, tmp_path: Path) -> None:
    other = await store.put(b"another file")
    await store.put(SECRET)
    path = tmp_path / SHA256[:2] / SHA256[2:4] / SHA256
    path.write_bytes((tmp_path / other[:2] / other[2:4] / other).read_bytes())
    with pytest.raises(SealBroken):
        await store.read(SHA256)


async def test_a_vault_that_opens_something_else_is_noticed(tmp_path: Path) -> None:
    class Wrong(Vault):
        def open(self, sealed: bytes, place: str) -> bytes:
            return b"something else"

    store = FileStore(tmp_path, Wrong(KeyText(KEYS)))
    await store.put(SECRET)
    with pytest.raises(StorageError, match="content has changed"):
        await store.read(SHA256)


async def test_a_write_that_fails_leaves_nothing_behind(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        await store.put(SECRET)
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "/etc/passwd", "g" * 64, f"{'a' * 64}\n"])
async def test_no_name_but_a_hash_leads_to_a_file(store: FileStore, name: str) -> None:
    for ask in (store.read, store.drop):
        with pytest.raises(StorageError):
            await ask(name)


async def test_a_zip_bomb_is_only_bytes(store: FileStore, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"../../{number}.txt", bytes(20_000_000))
    bomb = packed.getvalue()
    sha256 = await store.put(bomb)
    assert await store.read(sha256) == bomb
    (path,) = on_disk(tmp_path)
    assert path.stat().st_size < 200_000


async def test_what_lies_around_is_not_taken_for_a_file(store: FileStore, tmp_path: Path) -> None:
    await store.put(SECRET)
    (tmp_path / SHA256[:2] / SHA256[2:4] / f".{SHA256}.12ab").write_bytes(b"left by a crash")
    (tmp_path / "README").write_text("hello")
    assert await store.kept() == [SHA256]


async def test_with_a_new_key_every_content_is_sealed_again_and_nothing_is_under_the_old_one(tmp_path: Path) -> None:
    contents = [bytes([number]) * 100 for number in range(5)]
    names = [await FileStore(tmp_path, vault(1)).put(content) for content in contents]
    store = FileStore(tmp_path, vault(1, 2))
    done: list[int] = []
    assert store.by_key() == {"00000001": 5}
    assert store.reseal(done.append) == []
    assert (store.by_key(), sum(done)) == ({"00000002": 5}, 5)
    assert store.reseal(done.append) == []
    assert sum(done) == 5
    assert [await FileStore(tmp_path, vault(2)).read(name) for name in names] == contents


async def test_a_content_that_no_key_opens_is_named_and_holds_up_no_other(tmp_path: Path) -> None:
    name = await FileStore(tmp_path, vault(3)).put(b"sealed with a key that is lost")
    await FileStore(tmp_path, vault(1)).put(SECRET)
    store = FileStore(tmp_path, vault(1, 2))
    assert store.reseal(lambda _: None) == [f"attachments:{name}:content"]
    assert store.by_key() == {"00000002": 1, "00000003": 1}
