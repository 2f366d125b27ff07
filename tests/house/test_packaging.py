"""What somebody who installs, runs or changes this tree may rely on."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.kit.root import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-source.lock")
WANTED = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
POSTGRES = [Requirement(text) for text in PROJECT["project"]["optional-dependencies"]["postgres"]]
DEV = [Requirement(text) for text in PROJECT["dependency-groups"]["dev"] if isinstance(text, str)]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text("utf-8")
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)==(\S+)", text))


@pytest.mark.parametrize("requirement", [*WANTED, *POSTGRES, *DEV], ids=lambda r: str(r.name))
def test_every_dependency_says_from_which_version_to_which(requirement: Requirement) -> None:
    signs = {each.operator for each in requirement.specifier}
    assert signs == ({">="} if requirement.name == "tzdata" else {">=", "<"})


@pytest.mark.parametrize(("lock", "wanted"), [(LOCKS[0], WANTED + POSTGRES), (LOCKS[1], WANTED + POSTGRES + DEV)])
def test_a_lock_holds_everything_asked_for_within_its_bounds(lock: str, wanted: list[Requirement]) -> None:
    pinned = pins(lock)
    for requirement in wanted:
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_what_is_tested_is_what_runs() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_everything_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"(?m)^\s*-", text.replace("    --hash=sha256:", ""))
    for entry in re.split(r"(?m)^(?=[a-z0-9])", text)[1:]:
        assert "--hash=sha256:" in entry, entry


def test_the_wheel_ships_every_file_that_the_program_reads(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(build, cwd=ROOT, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("casebridge-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(file.relative_to(ROOT))
        for folder in ("bot", "adapters", "storage")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert wanted <= packed
    assert not any(name.startswith("tests/") for name in packed)
    (entry,) = (name for name in packed if name.endswith("entry_points.txt"))
    assert "casebridge = bot.cli.main:main" in zipfile.ZipFile(wheel).read(entry).decode()


def test_make_alone_lists_every_command() -> None:
    make = shutil.which("make")
    assert make, "this test needs make, as running the project does"
    shown = subprocess.run([make], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for command in ("help", "run", "test", "quick", "check", "bench", "texts", "lock"):
        assert re.search(rf"make {command} +\w+", shown), shown


def test_the_licence_is_there_in_full() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
