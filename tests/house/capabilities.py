"""Prints what each messenger can do, as the table in adapters/README.md: ``python -m tests.house.capabilities``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from adapters.telegram import kinds as telegram_kinds
from adapters.wechat import parse as wechat_parse
from adapters.wecom import parse as wecom_parse
from bot.domain.messages import Capabilities, Grant, Kind
from tests.kit.messengers import capabilities


@dataclass(frozen=True, slots=True)
class Words:
    """What only words can say of a messenger."""

    comes_in_by: str
    address: str
    where: str = ""  #: its package, unless it is said here


#: In the order of the table.
WORDS = {
    "telegram": Words("polling or webhook", "chat number, `/` topic"),
    "wechat": Words("webhook", "follower's OpenID"),
    "wecom": Words("webhook", "member's UserID, or `robot:` and a name"),
    "web": Words("pages of the bridge", "person's number"),
    "email": Words("nothing", "`duty@example.org`"),
    "memory": Words("calls of a test", "anything", "beside the tests"),
}


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
    seconds = grant.span.total_seconds()
    span = f"{hours:g} h" if hours >= 1 else f"{seconds / 60:g} min" if seconds > 60 else f"{seconds:g} s"
    return f"{grant.count} in {span}"


def _phones(can: Capabilities) -> str:
    if not can.phones:
        return "no"
    limits = ", ".join(_grant(limit) for limit in can.phone_limits)
    return f"where it is switched on, {limits} at most" if limits else "yes"


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
    Row("longest call", ("call_limit",), lambda can: f"{can.call_limit >> 10:,} KiB" if can.receives else "-"),
    Row("reply window", ("windows",), _window),
    Row("outside it asks for a tap", ("knocks",), lambda can: _yes(can.knocks) if can.windows else "-"),
    Row("rings phones", ("phones", "phone_limits"), _phones),
    Row("pace", ("per_chat_second", "chat_burst", "per_group_minute", "total_second", "is_strict"), _pace),
)


#: What becomes of what people send, by the kind that a message is read as.
BECOMES = {
    Kind.TEXT: "kept with the case",
    Kind.LOCATION: "kept in the secure case",
    Kind.CONTACT: "kept in the secure case",
    Kind.PHOTO: "kept in the secure case",
    Kind.VOICE: "kept in the secure case; recognised words are asked about",
    Kind.FILE: "kept in the secure case",
}
_UNRECEIVED = "answered: I cannot receive it, please ..."


def kinds() -> str:
    """What becomes of every kind that a messenger can send, as it stands in the README."""
    becomes: dict[str, dict[str, list[str]]] = {}
    for messenger, read in SENT.items():
        for name, kind in read.items():
            becomes.setdefault(BECOMES[kind], {}).setdefault(messenger, []).append(f"`{name}`")
    for name in telegram_kinds.UNRECEIVED:
        becomes.setdefault(_UNRECEIVED, {}).setdefault("telegram", []).append(f"`{name}`")
    for messenger in SENT:
        own = becomes.setdefault(_UNRECEIVED, {}).setdefault(messenger, [])
        own += [*_ELSE.get(messenger, ()), "whatever else comes, also tomorrow"] if messenger != "web" else ["-"]
    lines = [["", *SENT], ["---"] * (len(SENT) + 1)]
    lines += [[what, *(", ".join(by.get(name, ["-"])) for name in SENT)] for what, by in becomes.items()]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


#: By messenger: its own name of what people send, and what it is read as.
SENT = {
    "telegram": telegram_kinds.KEPT,
    "wechat": wechat_parse.KINDS,
    "wecom": wecom_parse.KINDS,
    "web": {"text": Kind.TEXT, "photo": Kind.PHOTO, "file": Kind.FILE},
}
_IN_BRACKETS = "texts in brackets that stand for what cannot be shown"
_ELSE = {"wechat": (_IN_BRACKETS,), "wecom": (_IN_BRACKETS,)}


def table() -> str:
    """The whole table, as it stands in the README."""
    return "".join(f"| {' | '.join(cells)} |\n" for cells in _lines())


def _lines() -> Iterator[list[str]]:
    declared = capabilities()
    yield ["", *WORDS]
    yield ["---"] * (len(WORDS) + 1)
    yield ["where", *(words.where or f"`{name}/`" for name, words in WORDS.items())]
    yield ["comes in by", *(words.comes_in_by for words in WORDS.values())]
    for row in ROWS:
        yield [row.name, *(row.cell(declared[name]) for name in WORDS)]
    yield ["an address", *(words.address for words in WORDS.values())]


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n{kinds()}")
