"""A fake Telegram Bot API over real HTTP: what bots see of Telegram, with people to play and faults on demand.

Usable inside a test (``async with BotApi() as api``) and on its own: ``python -m tests.fakes.bot_api --port 8081``.
It refuses what Telegram refuses and words it as Telegram does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.faults import Fault, Refusal, refuse
from tests.fakes.messages import Chats, Post
from tests.fakes.shelf import Shelf
from tests.fakes.updates import Updates
from tests.fakes.wire import Asked, Reply, Server, parameters, structured
from tests.kit.waiting import News

TOKEN = "123456:AAH-fake_token_that_must_never_be_logged"
USERNAME = "casebridge_bot"
#: What Telegram repeats in a header of every call, and where it calls.
SECRET = "a-secret_only-Telegram-knows"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
HOOK = "/hooks/telegram"


@dataclass(slots=True)
class Call:
    method: str
    parameters: dict[str, Any] = field(repr=False)


class BotApi:
    """The whole fake. ``open_doors`` accepts any chat number, for benchmarks."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        port: int = 0,
        open_doors: bool = False,
        keep_calls: bool = True,
        on_hold: Callable[[], None] = lambda: None,
    ) -> None:
        self.token = token
        self.chats = Chats(int(token.partition(":")[0]), USERNAME, open_doors=open_doors)
        self.updates = Updates(any_tap=open_doors)
        self.shelf = Shelf()
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.commands: list[dict[str, str]] = []
        self.on_sent: Callable[[Post], None] = lambda _: None  #: told of every message and edit of the bot
        self._keep_calls = keep_calls
        self._server = Server(self._answer, port, on_hold)
        self._prefix = f"/bot{token}/"
        self._files = f"/file/bot{token}/"
        self._news = News()
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "getme": lambda _: self.chats.bot,
            "getupdates": self.updates.get,
            "setwebhook": self.updates.set_webhook,
            "deletewebhook": self.updates.delete_webhook,
            "getwebhookinfo": lambda _: {"url": self.updates.webhook_url, "has_custom_certificate": False},
            "sendmessage": self._send_message,
            "editmessagetext": self._edit,
            "senddocument": self._send_document,
            "answercallbackquery": self.updates.answer_tap,
            "setmycommands": self._set_commands,
            "getfile": self.shelf.get,
        }

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> BotApi:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.updates.close()
        await self._server.__aexit__()

    def fail(self, kind: str, **how: Any) -> Fault:
        """Let the next calls go wrong; see `Fault`."""
        fault = Fault(kind, **how)
        self.faults.append(fault)
        return fault

    def posts(self, chat: int) -> list[Post]:
        """All that stands in a chat, oldest first."""
        return self.chats.posts(chat)

    def sent(self, chat: int) -> list[Post]:
        """What the bot wrote in a chat, oldest first, edits applied."""
        return [post for post in self.posts(chat) if post.by_bot]

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(call.method == method for call in self.calls)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so; looked at after every call."""
        await self._news.until(condition)

    def cut(self) -> None:
        """Cut every open connection."""
        self._server.cut()

    def _answer(self, asked: Asked) -> Reply | Awaitable[Reply]:
        path = asked.target.partition("?")[0]
        if path.startswith(self._files):
            return self.shelf.download(path.removeprefix(self._files))
        if not path.startswith(self._prefix):
            return self._control(path, asked) if path.startswith("/fake/") else refuse(401, "Unauthorized")
        given = parameters(asked)
        method = path[len(self._prefix) :]
        if self._keep_calls:
            self.calls.append(Call(method, given))
        fault = self._fault(method, given) if self.faults else None
        if fault is not None and not fault.happens_after:
            self._news.happened()
            return fault.reply()
        reply = self._carry_out(method.lower(), given)
        self._news.happened(is_movement=method != "getUpdates")
        return fault.reply() if fault is not None else reply

    def _carry_out(self, method: str, given: dict[str, Any]) -> Reply | Awaitable[Reply]:
        call = self._methods.get(method)
        if call is None:
            return refuse(404, "Not Found")
        try:
            result = call(given)
        except Refusal as refusal:
            return refusal.reply
        return self._later(result) if isinstance(result, Awaitable) else _ok(result)

    async def _later(self, result: Awaitable[Any]) -> Reply:
        try:
            return _ok(await result)
        except Refusal as refusal:
            return refusal.reply
        finally:
            self._news.happened(is_movement=False)

    def _fault(self, method: str, given: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.chat in {None, int(given.get("chat_id", 0))}:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _send_message(self, given: dict[str, Any]) -> dict[str, Any]:
        post = self.chats.send(given, str(given.get("text", "")))
        self.on_sent(post)
        return self.chats.as_message(post)

    def _edit(self, given: dict[str, Any]) -> dict[str, Any]:
        post = self.chats.edit(given)
        self.on_sent(post)
        return self.chats.as_message(post)

    def _send_document(self, given: dict[str, Any]) -> dict[str, Any]:
        post = self.chats.send(given, str(given.get("caption", "")), file=given["document"])
        self.on_sent(post)
        return self.chats.as_message(post)

    def _set_commands(self, given: dict[str, Any]) -> bool:
        self.commands = structured(given["commands"])
        return True

    def _control(self, path: str, asked: Asked) -> Reply:
        """Play people from another process: POST /fake/says, /fake/taps, /fake/posts, /fake/fail with JSON."""
        from tests.fakes.people import play

        return Reply(200, json.dumps(play(self, path.removeprefix("/fake/"), parameters(asked))).encode())


def _ok(result: Any) -> Reply:
    return Reply(200, json.dumps({"ok": True, "result": result}).encode())


async def _serve(port: int, token: str) -> None:
    async with BotApi(port=port, token=token, open_doors=True, keep_calls=False) as api:
        print(api.url, flush=True)  # noqa: T201 - whoever started it reads the address
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A fake Telegram Bot API.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen.port, chosen.token))


if __name__ == "__main__":
    main()
