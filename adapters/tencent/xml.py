"""The flat XML that WeChat and WeCom speak. Pure; reads no entity, no document type, and nothing deep or endless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

#: A text, the elements below by name, or a list of either where a name comes more than once.
Element = Any
Fields = dict[str, Element]

_DEPTH = 8  #: the deepest event of theirs has five levels
_ELEMENTS = 500
#: What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unreadable(ValueError):
    """This is no XML of theirs; the text never holds any of it."""


def parse(text: str) -> Fields:
    """Read what stands in the outermost element. Raises only `Unreadable`."""
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")  # whatever it says of its encoding
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reader.opens
    parser.EndElementHandler = reader.closes
    parser.CharacterDataHandler = reader.says
    parser.StartCdataSectionHandler = reader.quotes
    parser.EndCdataSectionHandler = reader.ends_quoted
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, ValueError):  # half of a surrogate pair is a ValueError
        raise Unreadable("not XML, or with a document type, too deep or too long") from None
    if not isinstance(reader.found, dict):
        raise Unreadable("no fields")
    return reader.found


def parse_said(text: str) -> Fields:
    """Read what people may have pasted signs into that XML has no way to write: their message is read all the same."""
    return parse(_UNWRITABLE.sub("\ufffd", text))


def text_of(fields: Mapping[str, Element], *path: str) -> str:
    """Read the text under these names, each within the one before; empty when there is none."""
    found: Element = fields
    for name in path:
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return found if isinstance(found, str) else ""


def write(fields: Mapping[str, str | int]) -> str:
    """Write fields as theirs: texts may hold anything, and stay text."""
    written = "".join(f"<{name}>{_written(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{written}</xml>"


def _written(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    # An end of the section within the text would let a person write elements of the answer.
    safe = _UNWRITABLE.sub("\ufffd", value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"


def _refuse(*_: object) -> None:
    raise Unreadable("with a document type")


@dataclass(slots=True)
class _Opened:
    """An element that is not read to its end yet."""

    name: str
    below: Fields = field(default_factory=dict)
    everything: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)  #: of that, what is not quoted
    quoted: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The text in it. Space around one that is quoted (CDATA) is a matter of layout."""
        is_layout = bool(self.quoted) and not "".join(self.bare).strip()
        return "".join(self.quoted if is_layout else self.everything)


class _Reader:
    """Builds the fields while the parser goes on."""

    def __init__(self) -> None:
        self.found: Element = None
        self._open: list[_Opened] = []
        self._count = 0
        self._is_quoted = False

    def opens(self, name: str, _attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= _DEPTH or self._count > _ELEMENTS:
            raise Unreadable("too deep or too long")
        self._open.append(_Opened(name))

    def quotes(self) -> None:
        self._is_quoted = True

    def ends_quoted(self) -> None:
        self._is_quoted = False

    def says(self, text: str) -> None:
        element = self._open[-1]
        element.everything.append(text)
        (element.quoted if self._is_quoted else element.bare).append(text)

    def closes(self, _name: str) -> None:
        closed = self._open.pop()
        if not self._open:
            self.found = closed.below
        else:
            _put(self._open[-1].below, closed.name, closed.below or closed.text())


def _put(fields: Fields, name: str, element: Element) -> None:
    if name not in fields:
        fields[name] = element
    elif isinstance(fields[name], list):
        fields[name].append(element)
    else:
        fields[name] = [fields[name], element]
