"""Promises of the configuration: what holds by default, and which layer goes over which."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.messengers import wechat_of
from bot.config.kinds import read_duration
from bot.config.load import embedded, find, load
from bot.domain.agreement import DEFAULT_LEVELS, DeskRole, Urgency
from bot.domain.messages import Address
from tests.kit.configuring import SMALLEST, TOKEN, Write, told, writer


@pytest.fixture
def written(tmp_path: Path) -> Write:
    return writer(tmp_path)


def test_without_a_file_two_sample_parties_meet_on_this_machine_only() -> None:
    settings = embedded()
    agreement = settings.agreement()
    assert settings.server.url == "http://127.0.0.1:8080"
    assert settings.messengers.web.enabled
    assert set(agreement.desks) == {
        f"{p}-{r}" for p in ("kh", "cn") for r in ("duty", "secretariat", "police", "diplomatic")
    }
    assert agreement.corridors["KC"].other("KH") == "CN"
    assert not any(desk.addresses for desk in agreement.desks.values())
    assert agreement.desks_of("CN", DeskRole.DUTY)[0].id == "cn-duty"


def test_the_sample_parties_are_never_shown_to_other_machines() -> None:
    environ = {"CASEBRIDGE_SERVER__HOST": "0.0.0.0", "CASEBRIDGE_SERVER__PUBLIC_URL": "https://bridge.example"}
    assert set(told(load, None, environ)) == {"server.host"}


def test_the_environment_goes_over_the_file_in_any_case(written: Write) -> None:
    settings = written(
        SMALLEST + "[server]\nport = 1000\nhost = 'localhost'\n",
        casebridge_server__port="2000",
        Casebridge_Urgency__u1__Acknowledge="5m",
        PATH="/bin",
        CASEBRIDGE_CONFIG="config.toml",
    )
    assert (settings.server.port, settings.server.host) == (2000, "localhost")
    assert settings.levels()[Urgency.U1].acknowledge == timedelta(minutes=5)
    assert settings.levels()[Urgency.U1].police == timedelta(minutes=60)


def test_lists_of_tables_come_from_the_environment_as_json(written: Write) -> None:
    desks = [{"id": f"{p}-duty", "party": p.upper(), "role": "duty", "name": "Desk"} for p in ("kh", "cn")]
    desks[0]["addresses"] = ["telegram:-1001234/56"]  # type: ignore[assignment]
    environ = {"CASEBRIDGE_DESKS": json.dumps(desks), "CASEBRIDGE_MESSENGERS__TELEGRAM__TOKEN": TOKEN}
    settings = written(SMALLEST.partition("[[desks]]")[0], **environ)
    assert settings.agreement().desks["kh-duty"].addresses == (Address("telegram", "-1001234/56"),)


def test_a_secret_file_goes_over_file_and_environment(written: Write, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", "utf-8")
    settings = written(
        SMALLEST + f"[messengers.telegram]\ntoken = '1:toml'\ntoken_file = '{tmp_path / 'token'}'\n",
        CASEBRIDGE_MESSENGERS__TELEGRAM__TOKEN="2:environment",
    )
    assert settings.messengers.telegram.token.get_secret_value() == TOKEN


def test_a_secret_file_may_be_named_in_the_environment(written: Write, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN, "utf-8")
    settings = written(SMALLEST, CASEBRIDGE_MESSENGERS__TELEGRAM__TOKEN_FILE=str(tmp_path / "token"))
    assert settings.messengers.telegram.token.get_secret_value() == TOKEN


def test_every_secret_may_be_a_file(written: Write, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgresql://user:password@host/name", "utf-8")
    settings = written(SMALLEST, CASEBRIDGE_DATABASE__URL_FILE=str(tmp_path / "secret"))
    assert settings.secrets[0] == "password"
    (tmp_path / "secret").write_text("https://watch.example/ping", "utf-8")
    settings = written(SMALLEST, CASEBRIDGE_WATCHDOG__URL_FILE=str(tmp_path / "secret"))
    assert settings.secrets[0] == "https://watch.example/ping"


@pytest.mark.parametrize("more", ["public_url = 'https://b.example'", "trusted_proxies = ['10.0.0.0/8']"])
def test_other_machines_may_reach_it_when_the_way_is_encrypted(written: Write, more: str) -> None:
    assert written(f"{SMALLEST}[server]\nhost = '0.0.0.0'\n{more}\n").server.host == "0.0.0.0"


def test_durations_are_read_in_their_units() -> None:
    read = {"15m": 900, "5s": 5, "3h": 10800, "7d": 604800, "1h30m": 5400, " 2H ": 7200}
    assert {text: read_duration(text).total_seconds() for text in read} == read


def test_a_corridor_may_change_single_deadlines(written: Write) -> None:
    text = SMALLEST.replace(
        'parties = ["KH", "CN"]\n', 'parties = ["KH", "CN"]\n[corridors.urgency.U2]\nrepeat = "5m"\n'
    )
    agreement = written(text + '[urgency.U2]\nacknowledge = "20m"\n').agreement()
    assert set(agreement.corridors["KC"].urgency) == {Urgency.U2}
    policy = agreement.policies.of("KC", Urgency.U2)
    assert (policy.repeat, policy.acknowledge) == (timedelta(minutes=5), timedelta(minutes=20))
    assert agreement.policies.of("KC", Urgency.U1) == DEFAULT_LEVELS[Urgency.U1]


def test_the_file_named_goes_before_the_environment_and_that_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find(None, {}) is None
    (tmp_path / "config.toml").touch()
    assert find(None, {}) == Path("config.toml")
    assert find(None, {"CASEBRIDGE_CONFIG": "other.toml"}) == Path("other.toml")
    assert find(Path("named.toml"), {"CASEBRIDGE_CONFIG": "other.toml"}) == Path("named.toml")


def test_a_robots_key_may_be_a_file_too_and_is_a_secret(written: Write, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("693a91f6-7aoc-4bc4\n", "utf-8")
    more = f"""
[[messengers.wecom.robots]]
name = "duty"
key_file = "{tmp_path / "key"}"
[[messengers.wecom.robots]]
name = "night"
key = "another-key-of-one"
"""
    settings = written(SMALLEST.replace('role = "duty"', 'role = "duty"\naddresses = ["wecom:robot:duty"]', 1) + more)
    assert set(settings.secrets) >= {"693a91f6-7aoc-4bc4", "another-key-of-one"}
    assert "693a91f6" not in repr(settings)
    as_json = '[{"name": "duty", "key": "a-key-in-the-environment"}]'
    settings = written(SMALLEST, CASEBRIDGE_MESSENGERS__WECOM__ROBOTS=as_json)
    assert "a-key-in-the-environment" in settings.secrets


def test_wechat_is_set_up_by_its_account_and_a_desk_may_be_somebody_there(written: Write) -> None:
    keys = {"app_id": "wx5823bf96d3bd56c7", "app_secret": "s" * 32, "token": "t" * 32, "aes_key": "k" * 43}
    table = "\n".join(f'{key} = "{value}"' for key, value in keys.items())
    desks = SMALLEST.replace('role = "duty"', 'role = "duty"\naddresses = ["wechat:oia2TjuEGTNoeX76QEjQNrcURxG8"]')
    server = '[server]\npublic_url = "https://bridge.example"'
    settings = written(f"{desks}\n{server}\n[messengers.wechat]\n{table}\n")
    found = wechat_of(settings)
    assert found is not None
    assert (found.app_id, found.aes_key, found.menu[0][1]) == (keys["app_id"], keys["aes_key"], "/alert")
    assert {keys["app_secret"], keys["token"], keys["aes_key"]} <= set(settings.secrets)
    assert wechat_of(written(SMALLEST)) is None
