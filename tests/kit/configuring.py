"""A small configuration, written to a file and read, for the tests of the configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.config.load import load
from bot.config.model import Settings
from bot.domain.errors import ConfigError, Mistake
from tests.kit.keys import KEYS

TOKEN = "123456:AAF-made-up-for-this-test-alone"

SMALLEST = """
[[parties]]
code = "KH"
name = "Cambodia"
timezone = "Asia/Phnom_Penh"
[[parties]]
code = "CN"
name = "China"
timezone = "Asia/Shanghai"
[[corridors]]
code = "KC"
parties = ["KH", "CN"]
[[desks]]
id = "kh-duty"
party = "KH"
role = "duty"
name = "Duty desk"
[[desks]]
id = "cn-duty"
party = "CN"
role = "duty"
name = "Duty desk"
"""


Write = Callable[..., Settings]


def writer(folder: Path) -> Write:
    def write(text: str, **environ: str) -> Settings:
        file = folder / "config.toml"
        file.write_text(text, "utf-8")
        return load(file, {"CASEBRIDGE_SECURITY__KEY": KEYS} | environ)

    return write


def told(call: Any, *args: Any, **named: Any) -> dict[str, Mistake]:
    with pytest.raises(ConfigError) as caught:
        call(*args, **named)
    assert all(m.problem and m.remedy for m in caught.value.mistakes)
    return {m.key: m for m in caught.value.mistakes}
