"""Messages without what no database stores. Pure."""

from __future__ import annotations

import re
from typing import Any

from bot.domain.frozen import replace
from bot.domain.messages import Attachment, Inbound

#: What a database refuses in a text: NUL, and half of a pair of surrogates.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_TEXTS = (
    "external_id", "text", "button", "tap_id", "message_id", "reply_to", "sender_name", "origin", "album", "recognised",
)  # fmt: skip


def storable(message: Inbound) -> Inbound:
    """Take out what no database stores: a message refused for it would come again and again and hold up its chat."""
    texts: dict[str, Any] = {name: getattr(message, name) for name in _TEXTS}
    a = message.attachment
    file = (a.file_id, a.name, a.media_type) if a else ()
    if not _UNSTORABLE.search("".join((*texts.values(), *file))):
        return message
    texts = {name: _UNSTORABLE.sub("", text) for name, text in texts.items()}
    if a is not None:
        file_id, name, media_type = (_UNSTORABLE.sub("", text) for text in file)
        a = Attachment(file_id, name, media_type, a.size)
    return replace(message, attachment=a, **texts)
