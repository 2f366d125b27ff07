"""Takes each defence out and sees its tests turn red: ``python -m tests.security.undone [WORDS OF A DEFENCE]``.

It works on a copy of the tree and takes some minutes. A full run writes the table into README.md beside this file.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.root import ROOT
from tests.security.defences import ATTACKS, BUTTONS, STRANGERS, WEBHOOKS, Defence
from tests.security.defences_audit import AUDIT
from tests.security.defences_below import BELOW, FILES
from tests.security.defences_gateway import GATEWAY
from tests.security.defences_links import LINKS
from tests.security.defences_mail import MAIL
from tests.security.defences_others import OTHERS
from tests.security.defences_pages import PAGES
from tests.security.defences_pairs import PAIRS
from tests.security.defences_push import PUSH
from tests.security.defences_reading import READING
from tests.security.defences_relay import RELAY
from tests.security.defences_roster import ROSTER
from tests.security.defences_support import SUPPORT
from tests.security.defences_tencent import TENCENT
from tests.security.defences_wecom import WECOM

README = Path(__file__).parent / "README.md"
ALL = tuple(
    sorted(
        (
            *WEBHOOKS,
            *TENCENT,
            *WECOM,
            *GATEWAY,
            *PUSH,
            *BUTTONS,
            *READING,
            *PAIRS,
            *AUDIT,
            *RELAY,
            *ROSTER,
            *SUPPORT,
            *OTHERS,
            *STRANGERS,
            *FILES,
            *MAIL,
            *LINKS,
            *PAGES,
            *BELOW,
        ),
        key=lambda each: ATTACKS.index(each.attack),
    )
)
_COPIED = ("bot", "adapters", "storage", "tests")
_MINUTES = 5
_INTRODUCTION = """# The security suite

Each test is named for an attack, and goes through every way in that the attack could use: `ways_in.py` lists all
commands and routes, and `test_ways_in.py` fails when the program has one that the tables do not; webhooks it finds
where the adapters are.

A test that never fails proves nothing. So every defence is taken out in turn, in a copy of the tree, and the tests
named beside it must turn red: `python -m tests.security.undone` does it and writes this table.

"""


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the tree."""
    with tempfile.TemporaryDirectory(prefix="undone-") as folder:
        copy = Path(folder)
        for name in _COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "README.md", "config.example.toml", "CHANGELOG.md"):
            shutil.copy(ROOT / file, copy / file)
        yield copy


@contextmanager
def without(defence: Defence, copy: Path) -> Iterator[None]:
    """The copy as long as this defence is out of it."""
    file = copy / defence.file
    before = file.read_text("utf-8")
    if before.count(defence.stands) != 1:
        raise SystemExit(f"{defence.file} does not hold these words exactly once: {defence.stands}")
    file.write_text(before.replace(defence.stands, defence.undone), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


def failure_of(test: str, copy: Path) -> str:
    """What the first case of a test that fails in the copy says; empty when it passes, or cannot run at all."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=short", "-rf", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--timeout", str(60 * _MINUTES), test],  # without its defence it may wait for ever
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=120 * _MINUTES,
        check=False,
    )
    has_failed = done.returncode == 1 and f"FAILED {test}" in done.stdout
    return done.stdout if has_failed else ""


def as_table(defences: tuple[Defence, ...]) -> str:
    """The table of the README."""
    lines = ["| attack | what stops it | where it was taken out | what turned red |", "|---|---|---|---|"]
    for each in defences:
        red = "<br>".join(f"`{name}`" for name in each.red)
        lines.append(f"| {each.attack} | {each.name} | `{each.file}` | {red} |")
    return "\n".join(lines) + "\n"


def as_readme() -> str:
    """The whole README."""
    return f"{_INTRODUCTION}{as_table(ALL)}"


def main(words: str) -> int:
    """Try all defences, or those with these words in them; the exit code says whether all tests turned red."""
    chosen = tuple(each for each in ALL if words.casefold() in f"{each.attack} {each.name}".casefold())
    missing = 0
    with copied() as copy:
        for each in chosen:
            with without(each, copy):
                green = [name for name in each.red if not failure_of(f"tests/security/{name}", copy)]
            missing += len(green)
            verdict = f"STAYED GREEN {' '.join(green)}" if green else "red"
            sys.stdout.write(f"{each.attack}: {each.name}: {verdict}\n")
            sys.stdout.flush()
    if chosen == ALL and not missing:
        README.write_text(as_readme(), encoding="utf-8")
    return 1 if missing or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
