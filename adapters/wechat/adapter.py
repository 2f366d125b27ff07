"""The WeChat adapter: one Official Account, called by WeChat and calling it. It decides nothing about cases."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from adapters.calls.http_client import HttpClient, Json
from adapters.calls.node import Node
from adapters.tencent.account import set_menu
from adapters.tencent.client import Client
from adapters.tencent.tokens import TokenKeeper, TokenStore
from adapters.wechat import outgoing
from adapters.wechat.account import Template, asks_token, code_link
from adapters.wechat.door import Door
from adapters.wechat.errors import meaning
from adapters.wechat.files import Files
from adapters.wechat.sender import Sender
from adapters.wechat.settings import MESSENGER, WechatSettings
from bot.domain import reference
from bot.domain.errors import Refused, SendError
from bot.domain.messages import Capabilities, Delivery, Inbound
from bot.ports.messengers import Receive, Request, Response


class WechatAdapter:
    """One Official Account on WeChat."""

    messenger = MESSENGER

    def __init__(self, settings: WechatSettings, node: Node[TokenStore]) -> None:
        self._settings = settings
        self._clock = node.clock
        self._http = HttpClient(settings.way)
        keeper = TokenKeeper(f"{MESSENGER}:{settings.app_id}", asks_token(self._http, settings), node)
        self._keeper = keeper
        self._client = Client(self._http, keeper, meaning)
        self._template = Template(self._client, settings.template_id)
        self._files = Files(self._client, settings.way)
        self._sender = Sender(self._client)
        self._door = Door(settings, node, self._apologise)

    @property
    def capabilities(self) -> Capabilities:
        return self._settings.capabilities

    async def start(self, receive: Receive) -> None:
        await self._http.start()
        self._door.open(receive)

    async def handle(self, request: Request) -> Response:
        return await self._door.handle(request)

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return await self._sender.send(delivery, text, is_last=is_last)

    async def fetch(self, file_id: str, limit: int) -> bytes:
        return await self._files.fetch(file_id, limit)

    async def knock(self, delivery: Delivery, headline: str) -> str:
        message = delivery.message
        if not self._settings.template_id:
            raise Refused("No template is set for messages outside WeChat's window.")
        body: Json = {
            "touser": outgoing.to_openid(message.address),
            "template_id": self._settings.template_id,
            "client_msg_id": outgoing.once(message.dedupe_key),
            "data": await self._template.filled(headline, self._clock()),
        }
        if page := self._page(headline):
            body["url"] = page
        answer = await self._client.call("POST", "/cgi-bin/message/template/send", json=body)
        return str(answer.get("msgid", ""))

    async def set_up(self) -> list[str]:
        await self._http.start()
        await set_menu(self._client, self._settings.menu)
        labels = ", ".join(label for label, _ in self._settings.menu)
        done = [f"The menu at the foot of the chat: {labels}."]
        if self._settings.template_id:
            fields = ", ".join(name for _, name in await self._template.fields())
            done.append(f"The template for messages outside the reply window can be used; its fields: {fields}.")
        return done

    async def probe(self) -> str:
        await self._http.start()
        await self._keeper.token()
        return "WeChat answers and gave an access token."

    async def invite_link(self, code: str, valid: timedelta) -> str:
        """Make a QR code that enrols whoever scans it; the address of its picture, empty when WeChat made none."""
        await self._http.start()
        try:
            return await code_link(self._client, code, valid)
        except SendError:
            return ""

    async def stop(self) -> None:
        await self._door.close()
        await self._http.stop()

    async def _apologise(self, message: Inbound, words: str) -> None:
        if message.sender is not None:
            with contextlib.suppress(SendError):
                await self._sender.say(outgoing.to_openid(message.sender), words)

    def _page(self, headline: str) -> str:
        named = reference.find_in(headline)
        public = self._settings.public_url
        return f"{public}/cases/{named[0]}" if public and named else ""
