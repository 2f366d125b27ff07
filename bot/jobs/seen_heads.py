"""The heads of the record as they were last seen, in a file that is not in the database: a shorter record shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.domain.verify_journal import Head
from bot.record.atomic_files import new_file

log = structlog.get_logger(__name__)


class SeenHeads:
    """What was seen last; without a file it is remembered for as long as the process lives."""

    def __init__(self, file: Path | None = None) -> None:
        """Read the file, if there is one; what cannot be read counts as nothing seen."""
        self._file = file
        self.heads: Mapping[str, Head] = _read(file) if file is not None else {}

    def keep(self, heads: Mapping[str, Head]) -> None:
        """Remember heads in place of those before."""
        if heads == self.heads:
            return
        self.heads = dict(heads)
        if self._file is None:
            return
        beside = self._file.with_suffix(".part")
        try:
            beside.unlink(missing_ok=True)
            with new_file(beside) as file:
                file.write(json.dumps(self.heads).encode())
            beside.replace(self._file)
        except OSError as error:
            log.warning("The heads of the record are not remembered.", error=type(error).__name__)


def _read(file: Path) -> dict[str, Head]:
    try:
        return {
            str(chain): Head(int(at), str(digest))
            for chain, (at, digest) in json.loads(file.read_text("utf-8")).items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("The remembered heads of the record cannot be read.", error=type(error).__name__)
        return {}
