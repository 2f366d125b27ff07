"""Web Push in the configuration: a contact switches it on, and it has a key of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.push import PUSH_HOSTS
from bot.protection.keys import new_ring
from tests.kit.clock import START
from tests.kit.configuring import SMALLEST, Write, told, writer

WITH_PUSH = new_ring(START).to_text()
CONTACT = SMALLEST + "[messengers.web]\npush_contact = 'it@bridge.example'\n"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    return writer(tmp_path)


def test_it_is_off_until_somebody_is_named_whom_push_services_can_ask(written: Write) -> None:
    web = written(SMALLEST).messengers.web
    assert (web.push_contact, web.push_hosts) == ("", PUSH_HOSTS)


def test_a_contact_switches_it_on(written: Write) -> None:
    settings = written(CONTACT, CASEBRIDGE_SECURITY__KEY=WITH_PUSH)
    assert settings.messengers.web.push_contact == "it@bridge.example"
    assert all(line.split()[2] in settings.secrets for line in WITH_PUSH.splitlines() if line[0] != "#")


def test_without_a_key_of_its_own_it_says_how_to_make_one(written: Write) -> None:
    assert told(written, CONTACT)["messengers.web.push_contact"].remedy == "Add one with `casebridge keys push`."


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("push_contact = 'it'", "push_contact"),
        ("push_contact = 'it@bridge.example\\nX: y'", "push_contact"),
        ("push_hosts = ['127.0.0.1']", "push_hosts.1"),
        ("push_hosts = ['*']", "push_hosts.1"),
        ("push_hosts = ['*.com']", "push_hosts.1"),
        ("push_hosts = ['https://fcm.googleapis.com']", "push_hosts.1"),
        ("push_hosts = []\npush_contact = 'it@bridge.example'", "push_hosts"),
        ("enabled = false\npush_contact = 'it@bridge.example'", "push_contact"),
    ],
)
def test_every_mistake_is_told(written: Write, line: str, key: str) -> None:
    text = f"{SMALLEST}[messengers.web]\n{line}\n"
    assert f"messengers.web.{key}" in told(written, text, CASEBRIDGE_SECURITY__KEY=WITH_PUSH)
