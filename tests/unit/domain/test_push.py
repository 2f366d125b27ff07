"""Which addresses that a browser names may be called: those of push services, and no other in the world."""

from __future__ import annotations

import re

import pytest

from bot.domain.push import HOST_PATTERN, PUSH_HOSTS, are_keys, may_be_called
from tests.fakes.push_service import PushedBrowser

ALLOWED = (
    "https://fcm.googleapis.com/fcm/send/abc:APA91b-_x",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2b%2f",
    "https://web.push.apple.com/QGx",
    "https://fcm.googleapis.com:443/fcm/send/abc",
)
REFUSED = (
    "",
    "http://fcm.googleapis.com/fcm/send/abc",
    "ftp://fcm.googleapis.com/x",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com/",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:99999/x",
    "https://me:secret@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://evil.example/https://fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com/x",
    "https://fcm.googleapis.com./x",
    "https://fcm.googleapis.com/x#y",
    "https://fcm.googleapis.com\\@127.0.0.1/x",
    "https://fcm.googleapis.com/a b",
    "https://fcm.googleapis.com/a\r\nX: y",
    "https://push.apple.com/x",
    "https://.push.apple.com/x",
    "https://evil.example/.push.apple.com",
    "https://evil.example?.push.apple.com/x",
    "https://xpush.apple.com/x",
    "https://a_b.push.apple.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/x",
    "https://ﬁcm.googleapis.com/x",
    "https://fcm.googleapis.com/" + "x" * 1000,
    "https://[/x",
)


@pytest.mark.parametrize("endpoint", ALLOWED)
def test_the_push_services_of_browsers_may_be_called(endpoint: str) -> None:
    assert may_be_called(endpoint, PUSH_HOSTS)


@pytest.mark.parametrize("endpoint", REFUSED)
def test_nothing_else_may_be_called(endpoint: str) -> None:
    assert not may_be_called(endpoint, PUSH_HOSTS)


def test_without_a_list_nothing_may_be_called() -> None:
    assert not any(may_be_called(endpoint, ()) for endpoint in ALLOWED)


@pytest.mark.parametrize(
    "pattern", ["*", "*.com", "com", "localhost", "127.0.0.1", "10.0.0.*", "a..b", "https://a.b", ""]
)
def test_the_list_takes_hosts_only_and_no_whole_domain(pattern: str) -> None:
    assert not re.fullmatch(HOST_PATTERN, pattern)
    assert all(re.fullmatch(HOST_PATTERN, each) for each in PUSH_HOSTS)


def test_keys_of_a_browser_are_known_by_their_shape() -> None:
    form = PushedBrowser("one").form
    assert are_keys(form["public_key"], form["secret"])
    assert not are_keys(form["secret"], form["public_key"])
    assert not are_keys(form["public_key"] + "=", form["secret"])
    assert not are_keys("", "")
