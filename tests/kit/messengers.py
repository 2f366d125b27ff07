"""Which messengers there are: found in the tree, and made by the program itself with all of them set up.

What is to hold for every messenger is asked of these, never of a list that somebody has to think of.
"""

from __future__ import annotations

import inspect
import json
from importlib import import_module

from adapters.calls.node import Node
from bot.app.messengers import Adapters, Wiring, adapters_of
from bot.config.load import load
from bot.config.model import Settings
from bot.domain.messages import GATEWAY, Capabilities
from bot.ports.messengers import WebhookAdapter
from tests.fakes.gateway import SECRET
from tests.fakes.memory_messenger import CAPABILITIES as MEMORY
from tests.fakes.memory_state import MemoryState
from tests.fakes.tencent import AES_KEY, APP_ID, TOKEN
from tests.kit.root import ROOT

#: A configuration in which every messenger is set up.
EVERYTHING = {
    "SERVER": {"public_url": "https://bridge.example"},
    "MESSENGERS": {
        "telegram": {"token": "123456:AAF-made-up", "secret_token": "a-secret_only-Telegram-knows"},
        "wechat": {"app_id": APP_ID, "app_secret": "s", "token": TOKEN, "aes_key": AES_KEY, "template_id": "set"},
        "wecom": {
            "corp_id": "ww1",
            "agent_id": 7,
            "secret": "s",
            "token": TOKEN,
            "aes_key": AES_KEY,
            "emergency_calls": True,
        },
        "web": {"enabled": True},
    },
    "GATEWAY": {"url": "https://calls.example/casebridge", "secret": SECRET},
    "EMAIL": {"host": "mail.example", "sender": "bridge@example.org"},
}


def messengers() -> tuple[str, ...]:
    """Every messenger there is: the packages below adapters/ that have an adapter."""
    return tuple(sorted(file.parent.name for file in (ROOT / "adapters").glob("*/adapter.py")))


def classes_of(messenger: str) -> list[type]:
    """The adapters in a package."""
    module = import_module(f"adapters.{messenger}.adapter")
    own = (each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == module.__name__)
    return [each for each in own if hasattr(each, "messenger")]


def calling_messengers() -> tuple[str, ...]:
    """The messengers that call us."""
    asked = WebhookAdapter.handle.__name__
    return tuple(name for name in messengers() if any(hasattr(each, asked) for each in classes_of(name)))


def callers() -> tuple[str, ...]:
    """Whatever calls us: messengers, and the gateway that makes phone calls."""
    return (*calling_messengers(), GATEWAY)


def everything_set_up() -> Settings:
    """Read the configuration in which every messenger is set up."""
    return load(None, {f"CASEBRIDGE_{section}": json.dumps(table) for section, table in EVERYTHING.items()})


def every_adapter() -> Adapters:
    """Let the program make all its adapters; they reach nobody."""
    state = MemoryState()
    return adapters_of(Wiring(everything_set_up(), Node(state, "node-1", state.clock)))  # type: ignore[arg-type]


def capabilities() -> dict[str, Capabilities]:
    """What each messenger declares, and the memory messenger of the tests."""
    declared = {name: adapter.capabilities for name, adapter in every_adapter().all.items() if name != GATEWAY}
    return declared | {"memory": MEMORY}
