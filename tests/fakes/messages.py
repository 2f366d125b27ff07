"""The chats of the fake Bot API and what stands in them, with Telegram's own checks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.faults import Refusal
from tests.fakes.wire import structured

_DATE = 1_790_000_000  #: seconds since 1970, of the first message
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)

Buttons = list[list[dict[str, str]]]


@dataclass(slots=True)
class Chat:
    id: int
    kind: str = "private"
    name: str = ""
    topics: set[int] = field(default_factory=set)
    is_closed: bool = False  #: the person blocked the bot, or it was removed

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": self.id, "type": self.kind}
        shown["first_name" if self.kind == "private" else "title"] = self.name
        return shown | ({"is_forum": True} if self.topics else {})


@dataclass(slots=True)
class Post:
    """One message as it stands now."""

    id: int
    chat: int
    text: str
    buttons: Buttons = field(default_factory=list)
    by_bot: bool = True
    author: int = 0
    topic: int | None = None
    reply_to: int | None = None
    file: tuple[str, bytes] | None = None
    edits: int = 0

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]

    def data(self, label: str) -> str:
        """The data of the button with this label; LookupError when there is none."""
        return next(button["callback_data"] for row in self.buttons for button in row if button["text"] == label)


class Chats:
    """All chats that the bot knows."""

    def __init__(self, bot_id: int, username: str, *, open_doors: bool) -> None:
        self.bot = {"id": bot_id, "is_bot": True, "first_name": "Bridge", "username": username}
        self._open_doors = open_doors
        self._known: dict[int, Chat] = {}
        self._posts: dict[int, dict[int, Post]] = {}
        self._ids = itertools.count(1)

    def add(self, chat: Chat) -> Chat:
        return self._known.setdefault(chat.id, chat)

    def chat(self, chat_id: int) -> Chat:
        return self._known[chat_id]

    def posts(self, chat_id: int) -> list[Post]:
        return list(self._posts.get(chat_id, {}).values())

    def keep(self, chat_id: int, text: str, **more: Any) -> Post:
        post = Post(next(self._ids), chat_id, text, **more)
        self._posts.setdefault(chat_id, {})[post.id] = post
        return post

    def send(self, given: dict[str, Any], text: str, file: Any = None) -> Post:
        chat = self._writable(given)
        if file is None:
            _check_text(text)
        elif units(text) > 1024:
            raise Refusal(400, "Bad Request: message caption is too long")
        topic = given.get("message_thread_id")
        if topic is not None and int(topic) not in chat.topics and not self._open_doors:
            raise Refusal(400, "Bad Request: message thread not found")
        return self.keep(
            chat.id,
            text,
            buttons=_buttons(given),
            topic=int(topic) if topic is not None else None,
            reply_to=self._reply_to(chat.id, given),
            file=file,
        )

    def edit(self, given: dict[str, Any]) -> Post:
        chat = self._writable(given)
        post = self._posts.get(chat.id, {}).get(int(given["message_id"]))
        if post is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if not post.by_bot:
            raise Refusal(400, "Bad Request: message can't be edited")
        text, buttons = str(given.get("text", "")), _buttons(given)
        _check_text(text)
        if (text, buttons) == (post.text, post.buttons):
            raise Refusal(400, _NOT_MODIFIED)
        post.text, post.buttons, post.edits = text, buttons, post.edits + 1
        return post

    def as_message(self, post: Post) -> dict[str, Any]:
        chat = self._known[post.chat]
        author = self.bot if post.by_bot else {"id": post.author, "is_bot": False, "first_name": f"P{post.author}"}
        message = {"message_id": post.id, "from": author, "chat": chat.as_json(), "date": _DATE + post.id}
        if post.topic is not None:
            message |= {"message_thread_id": post.topic, "is_topic_message": True}
        if post.buttons:
            message["reply_markup"] = {"inline_keyboard": post.buttons}
        if post.file is not None:
            name, content = post.file
            document = {"file_id": f"file{post.id}", "file_unique_id": f"u{post.id}", "file_name": name}
            return message | {"caption": post.text, "document": document | {"file_size": len(content)}}
        return message | {"text": post.text}

    def _writable(self, given: dict[str, Any]) -> Chat:
        chat_id = int(given["chat_id"])
        if self._open_doors and chat_id not in self._known:
            self.add(Chat(chat_id, "private" if chat_id > 0 else "supergroup"))
        chat = self._known.get(chat_id)
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.is_closed:
            who = "bot was blocked by the user" if chat.kind == "private" else "bot was kicked from the group chat"
            raise Refusal(403, f"Forbidden: {who}")
        return chat

    def _reply_to(self, chat_id: int, given: dict[str, Any]) -> int | None:
        if "reply_parameters" not in given:
            return None
        wanted = structured(given["reply_parameters"])
        if int(wanted["message_id"]) in self._posts.get(chat_id, {}):
            return int(wanted["message_id"])
        if wanted.get("allow_sending_without_reply"):
            return None
        raise Refusal(400, "Bad Request: message to be replied not found")


def units(text: str) -> int:
    """Count as Telegram does."""
    return len(text.encode("utf-16-le")) // 2


def _check_text(text: str) -> None:
    if not text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if units(text) > 4096:
        raise Refusal(400, "Bad Request: message is too long")


def _buttons(given: dict[str, Any]) -> Buttons:
    if "reply_markup" not in given:
        return []
    rows: Buttons = structured(given["reply_markup"])["inline_keyboard"]
    for row in rows:
        for button in row:
            if not button["text"]:
                raise Refusal(400, "Bad Request: inline keyboard button text must be non-empty")
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows
