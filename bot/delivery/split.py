"""How a message is cut to what a messenger can carry: text in parts, choices as numbers or links. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.delivery.numbered_choices import as_links, as_text
from bot.domain.frozen import replace
from bot.domain.messages import Capabilities, Delivery, Keyboard, Outgoing
from bot.domain.names import is_exercise, marked_exercise
from bot.language.texts import tr

_BYTES = "bytes"
#: Where a text may be cut, best first: paragraph, line, word. The cut is after the match.
_SEAMS = (re.compile(r"\n[ \t]*\n+"), re.compile(r"\n"), re.compile(r"[ \t]+"))
#: A better seam is taken only when it leaves a part at least this full.
_FULL_ENOUGH = 0.5
_JOINER = "\u200d"
_LONGEST_CLUSTER = 32  #: characters; what goes on for longer is no letter that a person wrote


def measure(text: str, unit: str) -> int:
    """Count a text as the messenger does: UTF-8 bytes, or UTF-16 units for ``characters``."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-8" if unit == _BYTES else "utf-16-le", "surrogatepass")) // (1 if unit == _BYTES else 2)


def split(text: str, limit: int, unit: str = "characters") -> tuple[str, ...]:
    """Cut a text into parts within the limit; only the white space at a seam is lost."""
    most = 4 if unit == _BYTES else 2  # bytes or units that one character may need
    if len(text) * most <= limit or measure(text, unit) <= limit:
        return (text,)
    return tuple(_parts(text, limit, unit)) or ("",)


def _parts(text: str, limit: int, unit: str) -> Iterator[str]:
    while text:
        room = _fitting(text, limit, unit)
        end = room if room == len(text) else _seam(text, room)
        part = text[:end].rstrip()
        if part:
            yield part
        text = text[end:].lstrip("\n\t ") if end < len(text) else ""


def _fitting(text: str, limit: int, unit: str) -> int:
    """Count the leading characters that fit, at least one."""
    if limit >= len(text) and measure(text, unit) <= limit:
        return len(text)
    low, high = 1, min(limit, len(text))
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle], unit) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _seam(text: str, room: int) -> int:
    for least in (int(room * _FULL_ENOUGH), 1):
        for seam in _SEAMS:
            # A seam may begin exactly where the room ends: its white space is not sent.
            ends = [match.end() for match in seam.finditer(text, 0, room + 1) if match.start() >= least]
            if ends:
                return ends[-1]
    return _between_letters(text, room)


def _between_letters(text: str, room: int) -> int:
    """Step back from the middle of a letter with its marks; cut there only when it has no end."""
    for end in range(room, max(1, room - _LONGEST_CLUSTER), -1):
        if not (_belongs_together(text[end - 1], text[end]) or _is_inside_flag(text, end)):
            return end
    return room


def _belongs_together(before: str, after: str) -> bool:
    if _JOINER in {before, after} or _is_khmer_coeng(before):
        return True
    return unicodedata.category(after).startswith("M") or "\U0001f3fb" <= after <= "\U0001f3ff"


def _is_khmer_coeng(letter: str) -> bool:
    """The sign that puts the next Khmer letter below this one."""
    return letter == "\u17d2"


def _is_inside_flag(text: str, end: int) -> bool:
    """Whether two letters of one flag stand on both sides: flags are pairs, counted from where they begin."""
    if not _is_flag_letter(text[end]):
        return False
    start = end
    while start and _is_flag_letter(text[start - 1]):
        start -= 1
    return (end - start) % 2 == 1


def _is_flag_letter(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def fit(delivery: Delivery, capabilities: Capabilities, language: str = "en") -> tuple[Delivery, tuple[str, ...]]:
    """Make of a message what this messenger can carry: the delivery to hand to its adapter, and its parts."""
    message = delivery.message
    text, buttons, file = message.text, message.buttons, message.file
    if buttons and not (capabilities.takes_answers_at(message.address) and carries(capabilities, buttons)):
        text, buttons = _without_buttons(message, capabilities)
    if file and not capabilities.files:
        text, file = _instead_of_file(text, file, language), ""
    if (text, buttons, file) != (message.text, message.buttons, message.file):
        delivery = replace(delivery, message=replace(message, text=text, buttons=buttons, file=file))
    parts = _parts_of(text, buttons, capabilities, language)
    if delivery.edits and (len(parts) > 1 or not capabilities.edits):
        # One message cannot become several: what does not fit is sent anew, whole.
        delivery = replace(delivery, edits="", message=replace(delivery.message, edits=""))
    return delivery, parts


def _parts_of(text: str, buttons: Keyboard, capabilities: Capabilities, language: str) -> tuple[str, ...]:
    """Cut a text to what fits, above its buttons too; of an exercise each part says what it is."""
    mark = len(marked_exercise("").encode()) if is_exercise(text) else 0
    parts = split(text, capabilities.text_limit - mark, capabilities.text_unit)
    if buttons and capabilities.text_over_buttons:
        parts = _over_buttons(parts, capabilities.text_over_buttons - mark, "characters", language)
    elif buttons and capabilities.menu_links:
        parts = _over_buttons(parts, room(buttons, capabilities) - mark, capabilities.text_unit, language)
    return tuple(map(marked_exercise, parts)) if mark and len(parts) > 1 else parts


def _without_buttons(message: Outgoing, capabilities: Capabilities) -> tuple[str, Keyboard]:
    if not capabilities.takes_answers_at(message.address):
        return message.text, ()  # a number typed there reaches nobody
    if capabilities.menu_links:
        return as_links(message.text, message.buttons)
    return as_text(message.text, message.buttons), ()


def room(buttons: Keyboard, capabilities: Capabilities) -> int:
    """How long a text may be above these choices, where they are links in the same message."""
    labels = "".join(f"\n{button.label}" for row in buttons for button in row)
    return capabilities.text_limit - measure(labels, capabilities.text_unit)


def carries(capabilities: Capabilities, buttons: Keyboard) -> bool:
    """Whether a messenger shows these choices as buttons."""
    all_of_them = [button for row in buttons for button in row]
    limits = (
        (capabilities.button_bytes, max((len(button.data.encode()) for button in all_of_them), default=0)),
        (capabilities.most_buttons, len(all_of_them)),
        (capabilities.button_columns, max((_columns(button.label) for button in all_of_them), default=0)),
    )
    return capabilities.buttons and all(not limit or found <= limit for limit, found in limits)


def _columns(label: str) -> int:
    """How wide a label is: Chinese letters take two columns."""
    if label.isascii():
        return len(label)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in label)


def _over_buttons(parts: tuple[str, ...], limit: int, unit: str, language: str) -> tuple[str, ...]:
    """Let the last part be short enough for buttons to stand under it: by itself, its last lines, or a sentence."""
    *before, last = parts
    if measure(last, unit) <= limit:
        return parts
    lines, closing = last.split("\n"), ""
    while lines and measure(longer := f"{lines[-1]}\n{closing}".strip(), unit) <= limit:
        closing = longer
        lines.pop()
    if not closing:
        return (*parts, tr(language, "Please choose."))
    return tuple(part for part in (*before, "\n".join(lines).rstrip(), closing) if part)


def _instead_of_file(text: str, file: str, language: str) -> str:
    sentence = tr(
        language, "The file {name} cannot be sent on this messenger. Fetch it from the exports page.", name=file
    )
    return f"{text}\n\n{sentence}" if text else sentence
