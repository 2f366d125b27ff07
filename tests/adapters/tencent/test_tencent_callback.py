"""Calls of WeChat and WeCom are believed only when they are signed, recent, whole and meant for this account."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from adapters.tencent.callback import BODY_LIMIT, Callback, CallRefused, Signed, Status
from tests.fakes.tencent import AES_KEY, APP_ID, OTHER_KEY, TOKEN, Vendor

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
VENDOR = Vendor()
CALLBACK = Callback(TOKEN, AES_KEY, APP_ID)


def status_of(query: dict[str, str], body: bytes, *, now: datetime = NOW) -> Status:
    with pytest.raises(CallRefused) as caught:
        CALLBACK.open_body(Signed.of(query), body, now)
    assert "girl" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.status


@pytest.mark.parametrize("length", range(71))
def test_a_message_of_any_length_is_opened(length: int) -> None:
    text = "x" * length
    assert CALLBACK.open_body(Signed.of((call := VENDOR.call(text, AT))[0]), call[1], NOW) == text


@pytest.mark.parametrize("text", ["女孩 16 👧🏽", "a]]>b", "<xml><a>1</a></xml>", "x" * 9000, "ខ្មែរ"])
def test_any_letters_come_through_and_answers_go_back_the_same_way(text: str) -> None:
    query, body = VENDOR.call(text, AT)
    assert CALLBACK.open_body(Signed.of(query), body, NOW) == text
    sealed = CALLBACK.seal(
        f"<xml><Content><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></Content></xml>", "77", str(AT)
    )
    assert VENDOR.open_answer(sealed) == {"Content": text}


@pytest.mark.parametrize("around", [" ", "\n", "\t ", "\r\n    "])
@pytest.mark.parametrize("quoted", ["<![CDATA[{}]]>", "{}"])
def test_space_around_what_is_encrypted_does_not_make_a_call_a_strangers(around: str, quoted: str) -> None:
    sealed = VENDOR.encrypt("girl")
    body = f"<xml><Encrypt>{around}{quoted.format(sealed)}{around}</Encrypt></xml>".encode()
    assert CALLBACK.open_body(Signed.of(VENDOR.query(sealed, AT)), body, NOW) == "girl"


def test_the_same_answer_is_never_encrypted_the_same_way_twice() -> None:
    assert CALLBACK.seal("hello", "77", str(AT)) != CALLBACK.seal("hello", "77", str(AT))


def test_a_retry_with_the_nonce_of_the_first_try_is_taken() -> None:
    query, body = VENDOR.call("girl", AT)
    for _ in range(3):
        assert CALLBACK.open_body(Signed.of(query), body, NOW) == "girl"


@pytest.mark.parametrize("seconds", [-600, 0, 600])
def test_the_clocks_may_differ_a_little(seconds: int) -> None:
    query, body = VENDOR.call("girl", AT)
    assert CALLBACK.open_body(Signed.of(query), body, NOW + timedelta(seconds=seconds)) == "girl"


@pytest.mark.parametrize("seconds", [-601, 601, 86_400])
def test_what_was_signed_long_ago_is_refused(seconds: int) -> None:
    assert status_of(*VENDOR.call("girl", AT), now=NOW + timedelta(seconds=seconds)) is Status.UNVERIFIED


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "1e9", "９", str(AT * 1000), "9" * 400])
def test_a_moment_that_is_none_is_refused_even_when_it_is_signed(timestamp: str) -> None:
    _, body = VENDOR.call("girl", AT)
    sealed = VENDOR.encrypt("girl")
    body = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()
    assert status_of(VENDOR.query(sealed, timestamp), body) is Status.UNVERIFIED


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
@pytest.mark.parametrize(
    "change", [lambda _: "", lambda v: v + "0", lambda v: v[::-1], lambda _: "é\ud83d", lambda v: v * 99]
)
def test_a_forged_address_is_refused(name: str, change: object) -> None:
    query, body = VENDOR.call("girl", AT)
    assert callable(change)
    forged = query | {name: change(query[name])}
    if forged == query:
        return
    with pytest.raises(CallRefused) as caught:
        CALLBACK.open_body(Signed.of(forged), body, NOW)
    assert caught.value.status is Status.UNVERIFIED


def test_another_token_key_or_account_is_refused() -> None:
    assert status_of(*Vendor(token="another").call("girl", AT)) is Status.UNVERIFIED
    assert status_of(*Vendor(aes_key=OTHER_KEY).call("girl", AT)) is Status.NOT_FOR_US
    for receiver in ("", "wx0", APP_ID + "0", APP_ID[:-1], "gh_" + APP_ID):
        assert status_of(*Vendor(receiver_id=receiver).call("girl", AT)) is Status.NOT_FOR_US


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\0" * 32,
        b"\xff" * 64,
        b"0123456789abcdef" + b"\xff\xff\xff\xff" + b"x" * 11 + b"\1",
        b"0123456789abcdef" + b"\0\0\0\4girl" + APP_ID.encode() + b"\0" * 22,
        b"0123456789abcdef" + b"\0\0\0\4\xff\xfe\xfd\xfc" + APP_ID.encode() + bytes([22]) * 22,
    ],
)
def test_what_is_signed_but_broken_inside_is_refused(plain: bytes) -> None:
    sealed = VENDOR.encrypt_raw(plain)
    assert status_of(VENDOR.query(sealed, AT), f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()) is Status.NOT_FOR_US


@pytest.mark.parametrize("sealed", ["", "x", "%%%%", "é", base64.b64encode(b"x" * 33).decode()])
def test_what_is_signed_but_no_ciphertext_is_refused(sealed: str) -> None:
    assert status_of(VENDOR.query(sealed, AT), f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()) is Status.NOT_FOR_US


def test_a_body_that_is_cut_off_too_long_or_a_bomb_is_refused() -> None:
    query, body = VENDOR.call("girl", AT)
    for broken in (
        body[:-7],
        body[:40],
        b"",
        b"\xff\xfe",
        b'{"Encrypt": "x"}',
        b"<xml/>",
        body.replace(b"Encrypt", b"Plain"),
    ):
        assert status_of(query, broken) in {Status.UNVERIFIED, Status.NOT_FOR_US}
    bomb = b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + body
    assert status_of(query, bomb) is Status.UNVERIFIED
    assert status_of(query, body.ljust(BODY_LIMIT + 1)) is Status.TOO_LARGE
    assert CALLBACK.open_body(Signed.of(query), body.ljust(BODY_LIMIT), NOW) == "girl"


def test_the_check_of_the_address_is_signed_without_a_message() -> None:
    signed = Signed.of({"signature": VENDOR.sign(str(AT), "77"), "timestamp": str(AT), "nonce": "77"}, "signature")
    CALLBACK.verify(signed, NOW)
    with pytest.raises(CallRefused):
        CALLBACK.verify(signed, NOW, "something else")
    with pytest.raises(CallRefused):
        CALLBACK.verify(signed, NOW + timedelta(hours=1))


def test_a_key_of_another_length_is_no_key_and_nothing_secret_is_shown() -> None:
    for key in ("", "short", AES_KEY + "AAAA"):
        with pytest.raises(ValueError) as caught:
            Callback(TOKEN, key, APP_ID)
        assert key not in str(caught.value) or not key
    assert AES_KEY not in repr(CALLBACK)
    assert TOKEN not in repr(CALLBACK)


def test_a_call_is_recent_by_the_bridges_time_or_by_this_machines_clock() -> None:
    query, body = VENDOR.call("girl", AT)
    late = NOW + timedelta(hours=1)
    assert Callback(TOKEN, AES_KEY, APP_ID, lambda: NOW).open_body(Signed.of(query), body, late) == "girl"
    with pytest.raises(CallRefused):
        Callback(TOKEN, AES_KEY, APP_ID, lambda: late).open_body(Signed.of(query), body, late)
