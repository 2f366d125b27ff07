"""The files of `bot/deploy/`, printed: examples for whoever runs the bridge, checked by tests."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "deploy"
#: What is asked for, and the file that is printed.
FILES = {
    "systemd": "casebridge.service",
    "container": "Containerfile",
    "compose": "compose.yaml",
    "proxy": "Caddyfile",
}


def text(what: str) -> str:
    """The file as it stands."""
    return (FOLDER / FILES[what]).read_text("utf-8")
