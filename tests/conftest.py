"""What holds for all tests: no network but this machine, and nothing that could not run goes unsaid."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import hypothesis
import pytest

# A machine that is busy with something else is no failure.
hypothesis.settings.register_profile(
    "casebridge", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("casebridge")

#: A tool by name: the programs any one of which will do, and how a person gets it.
TOOLS: dict[str, tuple[tuple[str, ...], str]] = {
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "apt-get install chromium"),
    "systemd-analyze": (("systemd-analyze",), "apt-get install systemd"),
    "caddy": (("caddy",), "apt-get install caddy"),
    "pgbouncer": (("pgbouncer", "/usr/sbin/pgbouncer"), "apt-get install pgbouncer"),
    "faketime": (("faketime",), "apt-get install faketime"),
    "npm": (("npm",), "apt-get install nodejs npm"),
}
_NOT_RUN = pytest.StashKey[Counter[str]]()


class NetworkRefused(AssertionError):
    """A test tried to reach another machine."""


def missing_tool(item: pytest.Item) -> str | None:
    """The first tool that a test needs and this machine does not have."""
    wanted = (mark.args[0] for mark in item.iter_markers("needs"))
    return next((tool for tool in wanted if not any(map(shutil.which, TOOLS[tool][0]))), None)


def is_ci() -> bool:
    """Whether a missing tool is a failure."""
    return os.environ.get("CI", "").lower() in ("true", "1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    not_run = config.stash.setdefault(_NOT_RUN, Counter())
    if is_ci():
        return
    without = {item: tool for item in items if (tool := missing_tool(item))}
    not_run.update(without.values())
    if without:
        config.hook.pytest_deselected(items=list(without))
        items[:] = [item for item in items if item not in without]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let whoever started this process as one of several know what it left out."""
    report = getattr(session.config, "workeroutput", None)
    if report is not None:
        not_run = session.config.stash.get(_NOT_RUN, Counter())
        report["not run"] = dict(not_run)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear it: every worker has looked at all tests, so each says the same."""
    heard: dict[str, int] = getattr(node, "workeroutput", {}).get("not run", {})
    node.config.stash[_NOT_RUN] = node.config.stash.get(_NOT_RUN, Counter()) | Counter(heard)


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests alone when garbage is looked for: a tenth of the time of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if tool := missing_tool(item):
        pytest.fail(f"{tool} is missing on this machine and CI=true: {TOOLS[tool][1]}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    not_run = config.stash.get(_NOT_RUN, Counter())
    if not_run:
        terminalreporter.section("not run on this machine")
    for tool, count in sorted(not_run.items()):
        tests = "1 test" if count == 1 else f"{count} tests"
        terminalreporter.line(f"{tests} did not run because {tool} is missing: {TOOLS[tool][1]}")


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_others(address: object) -> None:
    # Unix sockets are named by a path, everything that leaves the machine by a tuple.
    if isinstance(address, tuple) and not _is_here(address[0]):
        raise NetworkRefused(f"A test reached for {address[0]}; tests stay on this machine.")


@pytest.fixture(autouse=True, scope="session")
def _only_this_machine() -> Iterator[None]:
    """Refuse connections to other machines in this process; what tests start themselves they point at loopback."""
    connect, connect_ex, sendto, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
        socket.getaddrinfo,
    )

    class Refusing:
        def connect(self: Any, address: Any) -> None:
            _refuse_others(address)
            connect(self, address)

        def connect_ex(self: Any, address: Any) -> int:
            _refuse_others(address)
            return connect_ex(self, address)

        def sendto(self: Any, data: Any, *rest: Any) -> int:
            _refuse_others(rest[-1])
            return sendto(self, data, *rest)

    def look_up(host: Any, *rest: Any, **named: Any) -> Any:
        _refuse_others((host,))
        return getaddrinfo(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, getattr(Refusing, name))
        patch.setattr(socket, "getaddrinfo", look_up)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL of our own at this program's schema, with what the last test left in it."""
    import storage
    from tests.kit.engines import postgres_server
    from tests.kit.keys import VAULT

    with postgres_server() as url:
        storage.migrate(url, VAULT)
        yield url


@pytest.fixture(autouse=True)
def _databases_are_used_again() -> Iterator[None]:
    """Give the databases of a test to the next one, empty, when everything else of it is over.

    What a fixture of a wider scope has taken before stays with it.
    """
    kit = sys.modules.get("tests.kit.database")
    taken = kit.taken() if kit else 0
    yield
    if kit := sys.modules.get("tests.kit.database"):
        kit.put_back(taken)
