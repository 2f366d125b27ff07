"""What is sealed opens in its place and with its key, and nowhere else; nothing about it is guessed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import KeysUnusable, SealBroken
from bot.protection.keys import KeyFile, KeyText
from bot.protection.sealing import PREFIX_BYTES, Vault, key_id
from tests.kit.clock import START
from tests.kit.keys import VAULT, key_file, ring, vault

PLACE = "texts:7:sealed"
WORDS = "គេចាក់សោទ្វារ, locked in".encode()


@given(st.binary(max_size=300), st.text(max_size=30))
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: str) -> None:
    sealed = VAULT.seal(plain, place)
    assert VAULT.open(sealed, place) == plain
    assert key_id(sealed) == VAULT.current
    assert len(plain) < 8 or plain not in sealed


def test_the_same_words_never_look_the_same() -> None:
    assert len({VAULT.seal(WORDS, PLACE) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("other", ["texts:8:sealed", "answers:7:sealed", "texts:7:raw", "", "texts:7:sealed "])
def test_a_value_that_was_moved_to_another_place_does_not_open(other: str) -> None:
    with pytest.raises(SealBroken) as caught:
        VAULT.open(VAULT.seal(WORDS, PLACE), other)
    assert other in str(caught.value)
    assert "locked" not in str(caught.value)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_any_changed_byte_is_noticed(at: int, change: int) -> None:
    sealed = bytearray(VAULT.seal(WORDS, PLACE))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(SealBroken, match=PLACE):
        VAULT.open(bytes(sealed), PLACE)


def test_every_byte_counts() -> None:
    sealed = VAULT.seal(WORDS, PLACE)
    for at in range(len(sealed)):
        with pytest.raises(SealBroken):
            VAULT.open(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], PLACE)
        with pytest.raises(SealBroken):
            VAULT.open(sealed[:at], PLACE)
    with pytest.raises(SealBroken):
        VAULT.open(sealed + b"\x00", PLACE)


@pytest.mark.parametrize("plain", [b"", b'{"text":"she is locked in"}', b"\x01short", b"\x02" + b"x" * 60])
def test_what_was_never_sealed_is_not_taken(plain: bytes) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(plain, PLACE)


def test_another_key_of_the_same_id_does_not_open_it() -> None:
    text = ring(1).to_text()
    other = Vault(KeyText(text.replace("AQEB", "AgIC")))
    assert other.current == VAULT.current
    with pytest.raises(SealBroken, match="seal of texts:7:sealed is broken"):
        other.open(VAULT.seal(WORDS, PLACE), PLACE)


def test_a_key_that_is_not_there_is_named() -> None:
    with pytest.raises(SealBroken, match=r"texts:7:sealed is sealed with key 00000001, which is not in security\.key"):
        vault(2).open(VAULT.seal(WORDS, PLACE), PLACE)


def test_older_keys_open_and_only_the_last_one_seals() -> None:
    both = vault(1, 2)
    assert both.open(VAULT.seal(WORDS, PLACE), PLACE) == WORDS
    assert key_id(both.seal(WORDS, PLACE)) == "00000002"


def test_a_token_finds_the_same_text_of_the_same_kind_and_outlives_a_rotation() -> None:
    token = VAULT.token("phone", "+85510000000")
    assert token == vault(1, 2).token("phone", "+85510000000") == vault(3).token("phone", "+85510000000")
    assert len({token, VAULT.token("phone", "+85510000001"), VAULT.token("document", "+85510000000")}) == 3
    assert len(token) == 32


class Ticks:
    """A clock for looks at the key file."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_new_key_in_the_file_seals_within_a_second_and_opens_at_once(tmp_path: Path) -> None:
    file, ticks = KeyFile(key_file(tmp_path)), Ticks()
    running = Vault(file, monotonic=ticks)
    file.add(START)
    rotating = Vault(file)
    sealed = rotating.seal(WORDS, PLACE)
    assert key_id(sealed) == rotating.current != "00000001"
    assert key_id(running.seal(WORDS, PLACE)) == "00000001", "it has not looked yet"
    assert running.open(sealed, PLACE) == WORDS, "an unknown key makes it look"

    file.add(START + timedelta(hours=1))
    ticks.now += 1.0
    assert running.current == Vault(file).current
    assert running.ring.ids[0] == "00000001"


def test_a_key_file_that_is_spoilt_while_the_bridge_runs_does_not_stop_it(tmp_path: Path) -> None:
    file, ticks = KeyFile(key_file(tmp_path)), Ticks()
    running = Vault(file, monotonic=ticks)
    sealed = running.seal(WORDS, PLACE)
    file.path.write_text("nonsense")
    ticks.now += 5.0
    assert running.open(running.seal(WORDS, PLACE), PLACE) == running.open(sealed, PLACE) == WORDS
    file.path.unlink()
    ticks.now += 5.0
    assert running.open(running.seal(WORDS, PLACE), PLACE) == WORDS
    with pytest.raises(KeysUnusable):
        Vault(file)


def test_what_it_begins_with_tells_the_key_and_nothing_else() -> None:
    sealed = VAULT.seal(WORDS, PLACE)
    assert sealed[:PREFIX_BYTES] == bytes.fromhex("0100000001")
    assert key_id(b"") == key_id(b"{") == key_id(b'{"text": 1}') == ""
