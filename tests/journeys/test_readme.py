"""What the README shows is what happens."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.conversation import transcript
from tests.kit.root import ROOT

README = ROOT / "README.md"


async def test_the_conversation_in_the_readme_is_the_one_that_the_bridge_holds(tmp_path: Path) -> None:
    written = await transcript(tmp_path)
    assert written in README.read_text(encoding="utf-8"), "run: python -m tests.journeys.conversation"
