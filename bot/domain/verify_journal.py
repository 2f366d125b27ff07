"""Checks an exported journal with the standard library alone; the bridge itself hashes and checks with these functions.

``python3 -I verify_journal.py FILE [--witness=CHAIN:SEQUENCE:HASH]...`` needs no other file of the bridge, only Python
3.11 or newer. It prints every finding and ends with 1 when there was one, with 2 when it was called wrongly.
All of it is one file, however long: whoever checks the record must be able to read it and carry it alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

#: What the first entry of a chain follows.
GENESIS = "0" * 64
#: The act that accounts for entries whose details are gone; its own details stay for ever.
PURGED = "purged"
_FORMAT = "casebridge-journal-1"
_WITNESS = re.compile(r"([A-Z]{2}|-):([1-9]\d{0,17}):([0-9a-f]{64})")

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


class Row(NamedTuple):
    """An entry in its place, as it is hashed and as a line of an exported journal holds it."""

    id: int
    chain: str
    sequence: int
    at: str  #: RFC 3339 with microseconds, UTC
    actor: str
    act: str
    case_id: int | None
    address: str
    details: Mapping[str, object] | None  #: None: purged, or withheld
    salt: str | None  #: empty: the details were purged; None: they were withheld from this file
    previous: str
    digest: str
    hash: str


class Head(NamedTuple):
    """The last entry of a chain, as it is kept beside the chain or was told to somebody."""

    sequence: int
    hash: str


class Witness(NamedTuple):
    """What somebody was told of a chain and kept elsewhere."""

    chain: str
    sequence: int
    hash: str

    def __str__(self) -> str:
        """Write it as `read_witness` reads it."""
        return f"{self.chain}:{self.sequence}:{self.hash}"


class Finding(NamedTuple):
    """Something that does not fit."""

    chain: str  #: empty for a line of a file that belongs to no chain
    sequence: int  #: of the entry, or of where one should be; the number of the line for a line
    id: int | None
    problem: str

    def __str__(self) -> str:
        """Tell it in a sentence."""
        if not self.chain:
            return f"Line {self.sequence}: {self.problem}"
        known = f" (id {self.id})" if self.id is not None else ""
        return f"Journal {self.chain}, entry {self.sequence}{known}: {self.problem}"


class Summary(NamedTuple):
    """What became of one chain."""

    chain: str
    entries: int
    purged: int
    head: str
    findings: int

    def __str__(self) -> str:
        """Tell it in a sentence, with the head for a witness."""
        purged = f", {self.purged} of them without their details, as recorded" if self.purged else ""
        if self.findings:
            return f"Journal {self.chain}: {self.entries} entries, findings: {self.findings}."
        return f"Journal {self.chain}: {self.entries} entries, all in order{purged}. Head {self.head}"


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and non-ASCII kept: one text for one value."""
    return _encode(value)


def digest_details(details: Mapping[str, object], salt: str) -> str:
    """SHA-256 over the salt and the canonical JSON of the details, as hex."""
    return hashlib.sha256(f"{salt}|{canonical(details)}".encode()).hexdigest()


def hash_row(row: Row) -> str:
    """SHA-256 over everything but the details themselves, as hex."""
    fields = (
        row.previous,
        row.chain,
        row.sequence,
        row.id,
        row.at,
        row.actor,
        row.act,
        row.case_id,
        row.address,
        row.digest,
    )
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def read_witness(text: str) -> Witness | None:
    """Read ``KC:1234:HASH``; None for anything else."""
    found = _WITNESS.fullmatch(text.strip())
    return Witness(found[1], int(found[2]), found[3]) if found else None


def read_witnesses(words: Iterable[str]) -> list[Witness]:
    """Read witnesses, or names of files with one a line (``#`` begins a remark). Raises ValueError for other words."""
    found: list[Witness] = []
    for word in words:
        witness = read_witness(word)
        lines = [word] if witness else _lines_of(word)
        for line in lines:
            read = read_witness(line.removeprefix("--witness="))
            if read is None:
                raise ValueError(f"{line} is no witness; one looks like KC:1234: and 64 hexadecimal digits.")
            found.append(read)
    return found


def _lines_of(file: str) -> list[str]:
    path = Path(file)
    if not path.is_file():
        raise ValueError(f"{file} is neither a file nor a witness like KC:1234: and 64 hexadecimal digits.")
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]


class Checker:
    """Follows one chain entry by entry, in flat memory, and goes on behind what does not fit."""

    def __init__(
        self, chain: str, witnesses: Iterable[Witness] = (), head: Head | None = None, *, withholds: bool = False
    ) -> None:
        """Start before the first entry; `head` is what is kept beside the chain, read before its entries."""
        self.chain = chain
        self.sequence = 0  #: of the last entry
        self._head = head
        self._withholds = withholds
        self._entries = self._purged = self._findings = 0
        self._last = GENESIS
        self._follows: tuple[str, ...] = (GENESIS,)  #: hashes that the next entry may name; empty behind a gap
        self._named: dict[int, dict[str, str]] = {}  #: who names which hash, by sequence
        self._unaccounted: dict[int | None, tuple[int, int, int]] = {}  #: by case: how many, first sequence, first id
        for witness in witnesses:
            self._named.setdefault(witness.sequence, {})[witness.hash] = "a witness"
        if head is not None:
            self._named.setdefault(head.sequence, {}).setdefault(head.hash, "the stored head")

    def take(self, row: Row) -> list[Finding]:
        """Check the next entry and tell what does not fit."""
        found: list[Finding] = []
        problems: list[str] = []
        if row.sequence != self.sequence + 1:
            self._out_of_step(row, found, problems)
        if self._follows and row.previous not in self._follows:
            problems.append("it does not follow the entry before it.")
        computed = hash_row(row)
        self._check_details(row, problems)
        if computed != row.hash:
            problems.append("it was changed.")
        if row.sequence in self._named:
            named = self._named.pop(row.sequence)
            problems += [f"it is not the entry that {who} names." for hash_, who in named.items() if hash_ != row.hash]
        if problems:
            found.append(Finding(self.chain, row.sequence, row.id, " ".join(problems)))
        self._step(row, computed)
        self._findings += len(found)
        return found

    def _out_of_step(self, row: Row, found: list[Finding], problems: list[str]) -> None:
        expected = self.sequence + 1
        if row.sequence < expected:
            problems.append("it stands out of order or twice.")
            self._follows = ()
            return
        last = row.sequence - 1
        which = "it is missing." if last == expected else f"it and all up to entry {last} are missing."
        found.append(Finding(self.chain, expected, None, which))
        self._follows = ()

    def _check_details(self, row: Row, problems: list[str]) -> None:
        if row.details is None:
            self._check_absent(row, problems)
        elif row.salt is None or digest_details(row.details, row.salt) != row.digest:
            problems.append("its details were changed.")
        elif row.act == PURGED:
            self._account(row, row.details, problems)
        elif self._withholds:
            problems.append("it holds details in a file that withholds them.")

    def _check_absent(self, row: Row, problems: list[str]) -> None:
        if row.act == PURGED:
            problems.append("it records a purge, and its details are gone.")
        elif row.salt is None:
            if not self._withholds:
                problems.append("its details are withheld in a file that holds details.")
        elif row.salt:
            problems.append("its details are gone, but not by a purge.")
        else:
            count, sequence, entry = self._unaccounted.get(row.case_id, (0, row.sequence, row.id))
            self._unaccounted[row.case_id] = (count + 1, sequence, entry)
            self._purged += 1

    def _account(self, row: Row, details: Mapping[str, object], problems: list[str]) -> None:
        entries = details.get("entries", 0)
        count, sequence, entry = self._unaccounted.pop(row.case_id, (0, 0, 0))
        if not isinstance(entries, int) or details.get("case") != row.case_id or entries > count:
            problems.append(f"it accounts for {entries} purged entries of its case, but {count} are purged.")
        elif entries < count:
            self._unaccounted[row.case_id] = (count - entries, sequence, entry)

    def _step(self, row: Row, computed: str) -> None:
        self._entries += 1
        if row.sequence > self.sequence:
            self.sequence = row.sequence
            self._last = row.hash
            self._follows = (row.hash,) if computed == row.hash else (row.hash, computed)

    def done(self, head: Head | None) -> list[Finding]:
        """Tell what the end lacks; `head` is what is kept beside the chain, read after its entries."""
        found = [*self._at_the_end(head), *self._not_accounted()]
        for sequence, named in sorted(self._named.items()):
            who = sorted(set(named.values()) - {"the stored head"})
            found += [Finding(self.chain, sequence, None, f"{name} names it, and it is not there.") for name in who]
        self._findings += len(found)
        return found

    def _at_the_end(self, head: Head | None) -> Iterator[Finding]:
        if self._head is not None and self._head.sequence > self.sequence:
            problem = f"the end is cut off: the stored head is entry {self._head.sequence}."
            yield Finding(self.chain, self.sequence + 1, None, problem)
        if head is None and self._entries:
            yield Finding(self.chain, self.sequence, None, "the chain's stored head is missing.")
        elif head is not None and head.sequence < self.sequence:
            yield Finding(self.chain, head.sequence + 1, None, "it was added behind the stored head.")

    def _not_accounted(self) -> Iterator[Finding]:
        for count, sequence, entry in self._unaccounted.values():
            more = f" (likewise {count - 1} more of its case)" if count > 1 else ""
            yield Finding(self.chain, sequence, entry, f"its details are gone, and no purge accounts for it{more}.")

    def summary(self) -> Summary:
        """Say how it went, with the head for a witness."""
        return Summary(self.chain, self._entries, self._purged, self._last, self._findings)


def manifest_line(heads: Mapping[str, Head], entries: Mapping[str, int], *, withholds: bool) -> str:
    """Write the first line of an exported journal: its chains, their number of entries, their stored heads."""
    chains = {c: {"entries": n, "head": list(heads[c]) if c in heads else None} for c, n in entries.items()}
    return canonical({"format": _FORMAT, "withholds_details": withholds, "chains": chains})


def row_line(row: Row) -> str:
    """Write an entry as a line of an exported journal."""
    return canonical(row._asdict())


def examine(lines: Iterable[str], witnesses: Sequence[Witness] = ()) -> Iterator[Finding | Summary]:
    """Check the lines of an exported journal: every finding, then how each chain went."""
    numbered = enumerate(lines, start=1)
    checkers = _checkers(next(numbered, (1, ""))[1], witnesses)
    if checkers is None:
        yield Finding("", 1, None, "this is no exported journal, or its first line was changed.")
        return
    for number, line in numbered:
        row = _row_of(line)
        if row is None or row.chain not in checkers:
            yield Finding("", number, None, "this is no journal entry as the bridge writes it.")
        else:
            yield from checkers[row.chain][0].take(row)
    for checker, head, entries in checkers.values():
        yield from checker.done(head)
        summary = checker.summary()
        if summary.entries != entries:
            yield Finding(checker.chain, summary.entries, None, f"the first line promises {entries} entries.")
        yield summary


#: What a line must hold to be looked at more closely; the texts are hashed whatever they are.
_KINDS = {"sequence": int, "chain": str, "case_id": int | None, "details": dict | None, "salt": str | None}
_Chains = dict[str, tuple[Checker, Head | None, int]]


def _checkers(line: str, witnesses: Sequence[Witness]) -> _Chains | None:
    try:
        manifest = json.loads(line)
        if manifest["format"] != _FORMAT or canonical(manifest) != line.rstrip("\n"):
            return None
        chains: _Chains = {}
        for name in sorted({*manifest["chains"], *(w.chain for w in witnesses)}):
            promised = manifest["chains"].get(name, {"entries": 0, "head": None})
            head = None if promised["head"] is None else Head(*promised["head"])
            mine = [w for w in witnesses if w.chain == name]
            checker = Checker(name, mine, head, withholds=manifest["withholds_details"])
            chains[name] = (checker, head, promised["entries"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return chains


def _row_of(line: str) -> Row | None:
    """The entry of a line; None for what `row_line` does not write so."""
    try:
        fields = json.loads(line)
        if not all(isinstance(fields[name], kinds) for name, kinds in _KINDS.items()):
            return None
        row = Row(**fields)
    except (ValueError, TypeError, KeyError):
        return None
    return row if row_line(row) == line.rstrip("\n") else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a file and print what was found; returns the exit code."""
    parser = argparse.ArgumentParser(description="Check an exported journal of an urgent-case bridge.")
    parser.add_argument("file")
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar="CHAIN:SEQUENCE:HASH",
        help="what a digest told, or a file with one a line; may be given several times",
    )
    options = parser.parse_args(arguments)
    findings = 0
    try:
        witnesses = read_witnesses(options.witness)
        with open(options.file, encoding="utf-8") as lines:  # noqa: PTH123 - as plain as can be
            for said in examine(lines, witnesses):
                findings += isinstance(said, Finding)
                sys.stdout.write(f"{said}\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
