"""What an officer writes where many officers report: one first message and eight answers."""

from __future__ import annotations

import json

from tests.kit.root import ROOT

MESSAGES = (
    "urgent, somebody screams for help in a flat",
    "yes",
    "locked in",
    "16",
    "China",
    "Jiangxi, Nanchang",
    "unknown",
    "forced marriage",
    "one person",
)

#: Fields that a report of these messages answers.
ANSWERS = len(MESSAGES) - 1

FIRST_CHAT = 7_000_000


def questions() -> list[tuple[str, list[str]]]:
    """The questions that answer these messages, with their choices: those of the bridge itself."""
    file = ROOT / "bot" / "data" / "fields.json"
    fields = json.loads(file.read_text(encoding="utf-8"))["fields"]
    asked = [
        (f["question"], [c.get("label", c["code"]) for c in f.get("choices", [])]) for f in fields if not f.get("later")
    ]
    return asked[: len(MESSAGES)]
