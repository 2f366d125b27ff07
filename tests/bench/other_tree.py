"""The bridge of another checkout of this project as a side of the benchmark, set up and checked by its own code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.bench.sides import Run, Side
from tests.kit.processes import environment

#: Runs in the other tree; what it names there has been so since the benchmark began.
_ASK = """
import asyncio, json, sys
from pathlib import Path
from tests.bench.sides import Run, TheBridge
from tests.kit.story import MESSAGES
what, folder, port, api, first, count = sys.argv[1:]
run, side = Run(Path(folder), int(port), api, range(int(first), int(first) + int(count))), TheBridge()
if what == "story":
    print(json.dumps(MESSAGES))
elif what == "prepare":
    print(json.dumps(asyncio.run(side.prepare(run))))
else:
    print(json.dumps(side.mistakes(run)))
"""


class OtherBridge(Side):
    """The bridge as it was, or will be, elsewhere."""

    def __init__(self, tree: Path) -> None:
        """Take the root of its checkout, which has a `.venv` of its own."""
        self.tree = tree.resolve()
        self.name = self.tree.name
        self.python = str(self.tree / ".venv" / "bin" / "python")
        self.messages = tuple(self._ask("story", Run(self.tree, 0, "", range(0))))

    async def prepare(self, run: Run) -> list[str]:
        return self._ask("prepare", run)

    def mistakes(self, run: Run) -> list[str]:
        return self._ask("mistakes", run)

    def _ask(self, what: str, run: Run) -> list[str]:
        first = run.chats[0] if run.chats else 0
        words: Sequence[object] = (what, run.folder, run.port, run.api, first, len(run.chats))
        command = [self.python, "-c", _ASK, *map(str, words)]
        said = subprocess.run(command, cwd=self.tree, env=environment(), check=True, capture_output=True, text=True)
        answer: list[str] = json.loads(said.stdout.splitlines()[-1])
        return answer
