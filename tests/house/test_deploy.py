"""The examples of `bot/deploy/` fit the program: its commands, its routes, its keys, its lock file, its clients."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from adapters.web.site.site import BODY_LIMIT
from bot.cli.deploy import FILES, FOLDER, text
from bot.cli.main import main
from bot.config.load import load
from bot.config.model import Settings
from bot.domain.attachments import LIMIT
from tests.kit.keys import key_file
from tests.kit.messengers import calling_messengers
from tests.kit.root import ROOT
from tests.kit.site import open_bridge, routes_of

UNIT, PROXY, CONTAINER = text("systemd"), text("proxy"), text("container")
COMPOSE: dict[str, Any] = yaml.safe_load(text("compose"))
#: Routes for whoever watches the nodes, asked directly.
INSIDE = {"/health/live", "/health/ready", "/metrics"}


@pytest.mark.parametrize("what", FILES)
def test_the_command_prints_the_file_to_the_letter(what: str) -> None:
    result = CliRunner().invoke(main, ["deploy", what])
    assert (result.exit_code, result.stdout) == (0, (FOLDER / FILES[what]).read_text("utf-8"))


def test_every_file_there_is_printed_by_a_word() -> None:
    assert sorted(FILES.values()) == sorted(file.name for file in FOLDER.iterdir() if file.is_file())


def is_a_command(words: list[str]) -> bool:
    """Whether the program takes these words, options and all."""
    command: click.Command = main
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        if found is None:
            return False
        command = found
    command.make_context("casebridge", words)
    return True


def settings_of(table: str, folder: Path) -> Settings:
    """Read a configuration from a comment; the files that it names are there."""
    table = re.sub(r"(?m)^# ? ? ?", "", table)
    for name in re.findall(r'_file = "([^"]+)"', table):
        file = key_file(folder) if name.endswith(".key") else folder / Path(name).name
        if not file.exists():
            file.write_text("postgresql://casebridge:x@database/casebridge" if "url" in name else "1234:abc", "utf-8")
        table = table.replace(name, str(file))
    parties = (ROOT / "config.example.toml").read_text("utf-8").partition("[[parties]]")[2].partition("# Deadlines")[0]
    desks = "".join(
        f'[[desks]]\nid = "{p}-duty"\nparty = "{p.upper()}"\nrole = "duty"\nname = "x"\n' for p in ("kh", "cn")
    )
    file = folder / "config.toml"
    file.write_text(f"{table}\n[[parties]]{parties}\n{desks}", "utf-8")
    return load(file, {})


# -- systemd


def of_unit(key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", UNIT)


def test_the_unit_starts_what_the_program_has() -> None:
    for line in of_unit("ExecStart") + of_unit("ExecStartPre"):
        program, *words = shlex.split(line)
        assert program == "/opt/casebridge/bin/casebridge"
        assert is_a_command(words), line
    typed = re.findall(r"(?m)^# +(?:sudo -u casebridge )?/opt/casebridge/bin/casebridge ([^>\n]+)", UNIT)
    assert len(typed) == 3
    assert all(is_a_command(shlex.split(line)) for line in typed)


def test_the_unit_waits_for_what_the_program_tells() -> None:
    assert of_unit("Type") == ["notify"]
    assert of_unit("NotifyAccess") == ["main"]
    assert int(of_unit("WatchdogSec")[0]) >= 30, "a tick comes once a second, and may wait for a slow database"
    assert of_unit("Restart") == ["always"]
    assert of_unit("StartLimitIntervalSec") == ["0"]


def test_the_configuration_that_the_unit_asks_for_is_right(tmp_path: Path) -> None:
    table = "".join(re.findall(r"(?m)^#   (?:\[.*\]|(?:url|data_dir|key_file) = .*)\n", UNIT))
    settings = settings_of(f"{table}[messengers.telegram]\n{re.findall('#   (token_file.*)', UNIT)[0]}\n", tmp_path)
    (state,) = of_unit("StateDirectory")
    assert str(settings.bridge.data_dir) == of_unit("WorkingDirectory")[0] == f"/var/lib/{state}"
    assert settings.database.url.get_secret_value() == f"sqlite:////var/lib/{state}/casebridge.db"
    assert settings.messengers.telegram.token.get_secret_value() == "1234:abc"
    name, folder = of_unit("LoadCredential")[0].split(":")
    assert f'"/run/credentials/{FILES["systemd"]}/{name}_telegram_token"' in UNIT
    assert folder in UNIT.partition("[Unit]")[0]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit on a machine where the program stands elsewhere."""
    program = tmp_path / "casebridge"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    unit = tmp_path / FILES["systemd"]
    unit.write_text(UNIT.replace("/opt/casebridge/bin/casebridge", str(program)), "utf-8")
    return unit


@pytest.mark.needs("systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_unit(installed: Path) -> None:
    ran = subprocess.run(["systemd-analyze", "verify", installed], check=False, capture_output=True, text=True)
    said = [line for line in ran.stderr.splitlines() if FILES["systemd"] in line]
    assert (ran.returncode, said) == (0, []), ran.stderr


@pytest.mark.needs("systemd-analyze")
def test_systemd_finds_the_unit_little_exposed(installed: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(installed)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-300:]
    assert re.search(r"exposure level for \S+: [01]\.\d OK", ran.stdout)


# -- the proxy


def let_through() -> list[str]:
    """What the proxy lets through, as Caddy's patterns: a last ``*`` is anything, any other all but a slash."""
    return [word for line in re.findall(r"(?m)^\t@\w+ path (.*)$", PROXY) for word in line.split()]


def passes(path: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(path, p) and (p.endswith("*") or path.count("/") == p.count("/")) for p in patterns)


async def test_the_proxy_lets_every_route_through_but_those_that_stay_inside(tmp_path: Path) -> None:
    async with open_bridge(tmp_path) as bridge:
        routes = {path for _, path in routes_of(bridge.app)}
    hooks = {f"/hooks/{messenger}" for messenger in calling_messengers()}
    wanted = {re.sub(r"\{\w+\}", "x", path) for path in routes - INSIDE} | hooks
    assert {path for path in wanted if not passes(path, let_through())} == set()
    assert not any(passes(path, let_through()) for path in (*INSIDE, "/hooks/x", "/hooks/telegram/x", "/.env", "/x"))
    assert [p for p in let_through() if not any(passes(path, [p]) for path in wanted)] == [], (
        "nothing that is not there"
    )


def test_the_proxy_takes_no_longer_bodies_than_the_program_and_none_shorter() -> None:
    files, short = re.findall(r"import nodes (\d+)MB", PROXY), re.findall(r"import nodes (\d+)MiB", PROXY)
    assert LIMIT < int(files[0]) * 10**6 < LIMIT * 1.1
    assert {int(size) << 20 for size in short} == {BODY_LIMIT}
    assert "health_uri /health/ready" in PROXY


@pytest.mark.needs("caddy")
def test_caddy_finds_nothing_wrong_with_the_proxy(tmp_path: Path) -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(FOLDER / FILES["proxy"])]
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    ran = subprocess.run(command, env=os.environ | home, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    complaints = [line for line in ran.stderr.splitlines() if json.loads(line).get("level") in ("warn", "error")]
    assert complaints == []


# -- the container


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", "\n".join(line for line in CONTAINER.splitlines() if not line.startswith("#")))
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line]


def test_the_container_is_built_from_the_lock_file_by_its_hashes_alone() -> None:
    fetched = [command for word, command in instructions() if word == "RUN" and "pip install" in command]
    assert len(fetched) == 2
    assert "--require-hashes --only-binary :all: -r requirements-source.lock" in fetched[0]
    built = "--require-hashes --only-binary :all: --no-binary http-ece --no-build-isolation -r requirements.lock"
    assert built in " ".join(fetched[0].split()), (
        "one package is published as source only: it is built with what the other lock names"
    )
    assert "--no-deps --no-build-isolation ." in fetched[1]


def test_what_the_container_copies_is_all_that_the_build_needs(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for copied in (command.split() for word, command in instructions() if word == "COPY" and "--from" not in command):
        *names, target = copied
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, source / target)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    built = subprocess.run(build, cwd=source, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    assert (source / "requirements.lock").exists()
    assert (source / "requirements-source.lock").exists()


def test_the_container_runs_the_program_as_nobody_in_particular_and_asks_whether_it_lives() -> None:
    last = dict(instructions())
    assert int(last["USER"].partition(":")[0]) >= 1000
    assert json.loads(last["ENTRYPOINT"]) == ["casebridge"]
    assert is_a_command(json.loads(last["CMD"]))
    assert "/health/live" in last["HEALTHCHECK"], "a restart mends no database"
    assert str(Settings.model_fields["server"].default.port) in last["HEALTHCHECK"]
    assert f"{last['EXPOSE']}/health" in last["HEALTHCHECK"]


# -- several containers


def test_every_key_of_the_compose_file_is_one_that_compose_knows() -> None:
    assert set(COMPOSE) <= {"name", "services", "networks", "volumes", "secrets", "x-node"}
    known = {"image", "build", "command", "environment", "secrets", "volumes", "networks", "restart", "depends_on"}
    known |= {"healthcheck", "ports", "read_only", "tmpfs", "cap_drop", "security_opt", "stop_grace_period"}
    assert {key for service in COMPOSE["services"].values() for key in service} <= known


@pytest.mark.parametrize("kind", ["networks", "secrets", "volumes"])
def test_the_compose_file_declares_exactly_what_its_services_name(kind: str) -> None:
    named = {name.partition(":")[0] for service in COMPOSE["services"].values() for name in service.get(kind, [])} - {
        "./config.toml".partition(":")[0],
        "./Caddyfile",
    }
    assert named == set(COMPOSE[kind])


def test_services_wait_for_what_is_there_and_can_be_waited_for() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            assert other in services, name
            checked = "healthcheck" in services[other] or services[other]["image"] == "casebridge"
            assert wait["condition"] == "service_completed_successfully" or checked, (name, other)


def test_two_nodes_run_locked_in_and_share_the_database_and_their_files() -> None:
    services = COMPOSE["services"]
    nodes = [service for service in services.values() if service["image"] == "casebridge"]
    assert [is_a_command(list(service["command"])) for service in nodes] == [True] * 3
    assert [service["command"] for service in nodes].count(["run"]) == 2
    for service in nodes:
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "data:/data" in service["volumes"]
        assert (ROOT / service["build"]["dockerfile"]).exists()
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["database"] == {"internal": True}
    split = re.findall(r"command: \[(run, --only, \w+)\]", text("compose"))
    assert [is_a_command(words.split(", ")) for words in split] == [True, True]


def test_the_configuration_that_the_compose_file_asks_for_is_right(tmp_path: Path) -> None:
    table = re.findall(r"(?m)^(#   \[server\]\n(?:#   .*\n)+)", text("compose"))[0]
    settings = settings_of(table, tmp_path)
    (subnet,) = (each["subnet"] for each in COMPOSE["networks"]["front"]["ipam"]["config"])
    assert settings.server.trusted_proxies == (subnet,)
    assert set(re.findall(r"/run/secrets/(\w+)", table)) <= set(COMPOSE["secrets"])
    shared = {service["networks"][-1] for name, service in COMPOSE["services"].items() if name != "database"}
    assert shared == {"front"}, "the proxy reaches nodes by one network, the one that they trust"
