"""People on the fake Telegram: they write, tap, edit, share, and block the bot."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import Any

from tests.fakes.bot_api import BotApi
from tests.fakes.messages import Chat, Post

_taps = itertools.count(1)


@dataclass(slots=True)
class Group:
    """A group; with topics it is a forum."""

    api: BotApi
    id: int


def group(api: BotApi, chat_id: int, name: str = "Desk", topics: tuple[int, ...] = ()) -> Group:
    api.chats.add(Chat(chat_id, "supergroup", name, set(topics)))
    return Group(api, chat_id)


@dataclass(slots=True)
class User:
    """Somebody with a phone."""

    api: BotApi
    id: int
    name: str = "Dara"
    language: str = "en"

    def __post_init__(self) -> None:
        self.api.chats.add(Chat(self.id, "private", self.name))

    def says(self, text: str, *, to: int | None = None, topic: int | None = None, reply_to: int | None = None) -> Post:
        """Write a message, privately or in a group."""
        post = self._post(text, to, topic, reply_to)
        self._push("message", post, {"text": text} | self._reply(post))
        return post

    def edits(self, post: Post, text: str) -> None:
        post.text, post.edits = text, post.edits + 1
        self._push("edited_message", post, {"text": text, "edit_date": 1_790_000_500})

    def shares_location(self, latitude: float, longitude: float, *, to: int | None = None) -> Post:
        return self._sends({"location": {"latitude": latitude, "longitude": longitude}}, to)

    def sends_photo(self, caption: str = "", *, to: int | None = None) -> Post:
        sizes = [
            {
                "file_id": f"photo-{width}",
                "file_unique_id": f"p{width}",
                "width": width,
                "height": width,
                "file_size": 9,
            }
            for width in (90, 1280, 320)
        ]
        return self._sends({"photo": sizes} | ({"caption": caption} if caption else {}), to)

    def sends_document(self, name: str, *, to: int | None = None) -> Post:
        document = {"file_id": "doc-1", "file_unique_id": "d1", "file_name": name, "mime_type": "application/pdf"}
        return self._sends({"document": document | {"file_size": 12}}, to)

    def sends(self, content: dict[str, Any], *, to: int | None = None) -> Post:
        """Send whatever Telegram knows."""
        return self._sends(content, to)

    def taps(self, label: str, *, on: Post | None = None, to: int | None = None) -> str:
        """Tap a button of the newest message that has it; returns the id of the tap."""
        post = on or self._newest_with(label, to or self.id)
        tap = f"tap-{next(_taps)}"
        query = {
            "id": tap,
            "from": self._as_json(),
            "chat_instance": "1",
            "message": self.api.chats.as_message(post),
            "data": post.data(label),
        }
        self.api.updates.push("callback_query", query, post.chat)
        return tap

    def blocks(self) -> None:
        self.api.chats.chat(self.id).is_closed = True
        chat = self.api.chats.chat(self.id).as_json()
        change = {"chat": chat, "from": self._as_json(), "date": 1_790_000_000, "new_chat_member": {"status": "kicked"}}
        self.api.updates.push("my_chat_member", change, self.id)

    def _newest_with(self, label: str, chat: int) -> Post:
        found = [post for post in self.api.sent(chat) if label in post.labels]
        assert found, f"no button {label!r} in chat {chat}"
        return found[-1]

    def _sends(self, content: dict[str, Any], to: int | None) -> Post:
        post = self._post("", to)
        self._push("message", post, content)
        return post

    def _post(self, text: str, to: int | None, topic: int | None = None, reply_to: int | None = None) -> Post:
        chat = to or self.id
        return self.api.chats.keep(chat, text, by_bot=False, author=self.id, topic=topic, reply_to=reply_to)

    def _reply(self, post: Post) -> dict[str, Any]:
        if post.reply_to is None:
            return {}
        original = next(known for known in self.api.posts(post.chat) if known.id == post.reply_to)
        return {"reply_to_message": self.api.chats.as_message(original)}

    def _push(self, kind: str, post: Post, content: dict[str, Any]) -> None:
        message = self.api.chats.as_message(post) | {"from": self._as_json()}
        message.pop("text")
        self.api.updates.push(kind, message | content, post.chat)

    def _as_json(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}


def play(api: BotApi, verb: str, given: dict[str, Any]) -> Any:
    """Do what another process asks for."""
    if verb == "fail":
        api.fail(given.pop("kind"), **given)
        return {}
    if verb == "posts":
        posts = api.posts(int(given["chat"]))
        return [asdict(post) | {"file": post.file and post.file[0]} for post in posts]
    user = User(api, int(given["user"]))
    to = int(given["chat"]) if "chat" in given else None
    if verb == "taps":
        return {"tap": user.taps(given["label"], to=to)}
    return {"message_id": user.says(given["text"], to=to, topic=given.get("topic")).id}
