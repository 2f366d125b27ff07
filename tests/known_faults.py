"""What went wrong in other bridges, what stops it here, and the test that turns red without it: see KNOWN_FAULTS.md.

``python -m tests.known_faults [WORDS OF A FAULT]`` takes each defence out of a copy of the tree, runs the tests named
beside it, and compares what they say with what stands here. A full run writes the table anew.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.security.defences import Defence
from tests.security.undone import copied, failure_of, without

TABLE = Path(__file__).parent / "KNOWN_FAULTS.md"
_INTRODUCTION = """# Faults that other bridges have

Each was found in a system of the same kind that people use. For each there is a test here. To see that the test would
notice, the defence was taken out of a copy of the tree: `python -m tests.known_faults` does it and writes this table.

"""


@dataclass(frozen=True)
class Taken(Defence):
    """A defence that was taken out, and what its tests, named below tests/, said then."""

    said: tuple[str, ...] = ()  #: part of the message of each test in `red`, in their order


def as_table(rows: tuple[Taken, ...]) -> str:
    """Write the table."""
    lines = ["| fault | what stops it | where it was taken out | what turned red | and said |", "|---|---|---|---|---|"]
    for each in rows:
        red = "<br>".join(f"`{name}`" for name in each.red)
        said = "<br>".join(f"`{words.replace('|', chr(0x2223))}`" for words in each.said)
        lines.append(f"| {each.attack} | {each.name} | `{each.file}` | {red} | {said} |")
    return "\n".join(lines) + "\n"


def as_page(rows: tuple[Taken, ...]) -> str:
    """Write the whole page."""
    return f"{_INTRODUCTION}{as_table(rows)}"


def main(words: str) -> int:
    """Try all, or those with these words in them; the exit code says whether all turned red and said so."""
    from tests.known_faults_table import ROWS

    chosen = tuple(each for each in ROWS if words.casefold() in f"{each.attack} {each.name}".casefold())
    missing = 0
    with copied() as copy:
        for each in chosen:
            with without(each, copy):
                outputs = [failure_of(f"tests/{name}", copy) for name in each.red]
            for name, said, output in zip(each.red, each.said, outputs, strict=True):
                verdict = "red" if output and said in output else "STAYED GREEN" if not output else "SAID OTHERWISE"
                missing += verdict != "red"
                shown = "" if verdict == "red" else f"\n{output}"
                sys.stdout.write(f"{each.attack}: {each.name}: {name}: {verdict}{shown}\n")
                sys.stdout.flush()
    if chosen == ROWS and not missing:
        TABLE.write_text(as_page(ROWS), encoding="utf-8")
    return 1 if missing or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
