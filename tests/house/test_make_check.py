"""The gates themselves: a missing tool is said or fails, the network is refused, an import out of place is found."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.house.one_home import OneHome
from tests.kit.root import ROOT

pytestmark = pytest.mark.long

CONFTEST = ROOT / "tests" / "conftest.py"
TWO_TESTS = """
import pytest

@pytest.mark.needs("npm")
def test_with(): assert True

def test_without(): assert True
"""


def run_two_tests(folder: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder)
    (folder / "test_two.py").write_text(TWO_TESTS, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = needs(tool)\n", "utf-8")
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=inherited | {"PATH": str(folder)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_tests_that_need_a_missing_tool_are_named_at_the_end(tmp_path: Path) -> None:
    ran = run_two_tests(tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert "1 test did not run because npm is missing: apt-get install nodejs npm" in ran.stdout
    assert "1 passed, 1 deselected" in ran.stdout


def test_several_processes_name_them_too_and_each_once(tmp_path: Path) -> None:
    ran = run_two_tests(tmp_path, "-n", "2")
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("1 test did not run because npm is missing: apt-get install nodejs npm") == 1
    assert "1 passed" in ran.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_in_ci_a_missing_tool_is_a_failure(tmp_path: Path, options: tuple[str, ...]) -> None:
    ran = run_two_tests(tmp_path, *options, CI="true")
    assert ran.returncode == 1
    assert "npm is missing on this machine and CI=true" in ran.stdout


def test_tests_with_their_tool_run(tmp_path: Path) -> None:
    (tmp_path / "npm").touch(mode=0o755)
    ran = run_two_tests(tmp_path)
    assert "2 passed" in ran.stdout
    assert "did not run" not in ran.stdout


def test_tests_cannot_reach_other_machines() -> None:
    with socket.socket() as one, pytest.raises(AssertionError, match="stay on this machine"):
        one.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(AssertionError):
        one.sendto(b"x", ("192.0.2.1", 53))
    with pytest.raises(AssertionError):
        socket.create_connection(("example.org", 80))


def test_tests_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port)) as reached:
            assert reached.getpeername()[1] == port


def test_an_import_out_of_place_is_found() -> None:
    graph = grimp.ImportGraph()
    graph.add_module("telegram", is_squashed=True)
    for importer in ("adapters.telegram", "adapters.telegram_parse", "adapters.telegram.poll", "bot.line.line"):
        graph.add_import(importer=importer, imported="telegram")
    options = {"libraries": ["telegram"], "homes": ["adapters.telegram*"]}
    checked = OneHome("one home", {}, options).check(graph, verbose=False)
    assert not checked.kept
    assert checked.metadata["strays"] == [("bot.line.line", "telegram")]
