"""What the handbook shows is what happens."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.conversation import transcript
from tests.kit.root import ROOT

CONVERSATION = ROOT / "bot" / "handbook" / "conversation.md"


async def test_the_conversation_in_the_handbook_is_the_one_that_the_bridge_holds(tmp_path: Path) -> None:
    written = await transcript(tmp_path)
    assert written in CONVERSATION.read_text(encoding="utf-8"), "run: python -m tests.journeys.conversation"
