"""Prints what each messenger can do, as the table in adapters/README.md: ``python -m tests.house.capabilities``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from adapters.email.settings import CAPABILITIES as EMAIL
from adapters.telegram import TelegramSettings
from adapters.web.adapter import WebAdapter
from adapters.wechat import WechatSettings
from adapters.wecom.settings import CAPABILITIES as WECOM
from bot.domain.messages import Capabilities, Grant
from tests.fakes.memory_messenger import CAPABILITIES as MEMORY


@dataclass(frozen=True, slots=True)
class Column:
    """A messenger: what it declares, and what only words can say."""

    name: str
    can: Capabilities
    where: str
    comes_in_by: str
    address: str


#: Every adapter there is. A new one gets its column here, and the table is printed anew.
COLUMNS = (
    Column(
        "telegram",
        TelegramSettings(token="").capabilities,
        "`telegram/`",
        "polling or webhook",
        "chat number, `/` topic",
    ),
    Column(
        "wechat",
        WechatSettings("", "", "", "", template_id="set").capabilities,
        "`wechat/`",
        "webhook",
        "follower's OpenID",
    ),
    Column("wecom", WECOM, "`wecom/`", "webhook", "member's UserID, or `robot:` and a name"),
    Column("web", WebAdapter.capabilities, "`web/`", "pages of the bridge", "person's number"),
    Column("email", EMAIL, "`email/`", "nothing", "`duty@example.org`"),
    Column("memory", MEMORY, "`memory.py`", "calls of a test", "anything"),
)


def _length(can: Capabilities) -> str:
    over = f"; {can.text_over_buttons} over buttons" if can.text_over_buttons else ""
    return f"{can.text_limit:,} {can.text_unit}{over}"


def _buttons(can: Capabilities) -> str:
    if not can.receives:
        return "no, nor numbers: nobody could answer"
    if not can.buttons:
        return f"no: numbers{', as links too' if can.menu_links else ''}"
    limits = [
        f"at most {can.most_buttons}" if can.most_buttons else "",
        f"{can.button_columns} columns each" if can.button_columns else "",
    ]
    return ", ".join(["yes", f"{can.button_bytes} bytes of data", *filter(None, limits)])


def _groups(can: Capabilities) -> str:
    if not can.groups:
        return "no"
    return "yes" if can.group_prefix == "-" else f"yes, `{can.group_prefix}` before their names"


def _writing_back(can: Capabilities) -> str:
    if not can.receives:
        return "no"
    return f"yes, but not at `{can.send_only}`" if can.send_only else "yes"


def _window(can: Capabilities) -> str:
    if can.windows is None:
        return "none: at any time"
    of_message, of_tap = _grant(can.windows.message), _grant(can.windows.tap)
    kept = f"the last {can.windows.kept} for pings"
    return f"{of_message} after words, {of_tap} after a tap; {kept}"


def _grant(grant: Grant) -> str:
    hours = grant.span / timedelta(hours=1)
    return f"{grant.count} in {f'{hours:g} h' if hours >= 1 else f'{grant.span.total_seconds():g} s'}"


def _pace(can: Capabilities) -> str:
    limits = [
        f"{can.per_chat_second:g} a second a chat after {can.chat_burst}" if can.per_chat_second else "",
        f"{can.per_group_minute:g} a minute a group" if can.per_group_minute else "",
        f"{can.total_second:g} a second in all" if can.total_second else "",
        "answers too" if can.is_strict else "",
    ]
    return ", ".join(filter(None, limits)) or "none"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, with the capabilities that it tells."""

    name: str
    tells: tuple[str, ...]
    cell: Callable[[Capabilities], str]


ROWS = (
    Row("longest text", ("text_limit", "text_unit", "text_over_buttons"), _length),
    Row("buttons", ("buttons", "button_bytes", "most_buttons", "button_columns", "menu_links"), _buttons),
    Row("a sent message can be changed", ("edits",), lambda can: _yes(can.edits)),
    Row(
        "files out",
        ("files", "file_limit"),
        lambda can: f"up to {can.file_limit / 1e6:,.0f} MB" if can.files else "no, a link",
    ),
    Row("files in", ("attachments_in",), lambda can: _yes(can.attachments_in)),
    Row("groups", ("groups", "group_prefix"), _groups),
    Row("people can write back", ("receives", "send_only"), _writing_back),
    Row("the answer goes back in the call", ("answers_in_call",), lambda can: _yes(can.answers_in_call)),
    Row("reply window", ("windows",), _window),
    Row("outside it asks for a tap", ("knocks",), lambda can: _yes(can.knocks) if can.windows else "-"),
    Row("pace", ("per_chat_second", "chat_burst", "per_group_minute", "total_second", "is_strict"), _pace),
)


def table() -> str:
    """The whole table, as it stands in the README."""
    return "".join(f"| {' | '.join(cells)} |\n" for cells in _lines())


def _lines() -> Iterator[list[str]]:
    yield ["", *(column.name for column in COLUMNS)]
    yield ["---"] * (len(COLUMNS) + 1)
    yield ["where", *(column.where for column in COLUMNS)]
    yield ["comes in by", *(column.comes_in_by for column in COLUMNS)]
    for row in ROWS:
        yield [row.name, *(row.cell(column.can) for column in COLUMNS)]
    yield ["an address", *(column.address for column in COLUMNS)]


if __name__ == "__main__":
    sys.stdout.write(table())
