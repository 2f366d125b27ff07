"""The WeCom adapter: one app of a company and robots of its groups, put together. It decides nothing about cases."""

from __future__ import annotations

from adapters.calls.http_client import HttpClient
from adapters.calls.node import Node
from adapters.tencent.account import set_menu
from adapters.tencent.client import Client
from adapters.tencent.tokens import TokenKeeper, TokenStore
from adapters.wecom.account import asks_token
from adapters.wecom.door import Door
from adapters.wecom.emergency import EmergencyCalls
from adapters.wecom.errors import Meanings
from adapters.wecom.sender import Sender
from adapters.wecom.settings import CALLING, CAPABILITIES, MESSENGER, WecomSettings
from bot.domain.messages import Capabilities, Delivery
from bot.domain.phone_calls import Spoken
from bot.ports.messengers import Receive, Request, Response


class WecomAdapter:
    """One app of one company, and the robots of some groups."""

    messenger = MESSENGER

    def __init__(self, settings: WecomSettings, node: Node[TokenStore]) -> None:
        self._settings = settings
        meanings = Meanings()
        self._http = HttpClient(settings.way)
        keeper = TokenKeeper(f"wecom-token:{settings.account}", asks_token(self._http, settings, meanings), node)
        self._keeper = keeper
        self._client = Client(self._http, keeper, meanings)
        self._sender = Sender(settings, self._http, self._client, meanings)
        self._calls = EmergencyCalls(settings, self._client, node)
        self._door = Door(settings, node)

    @property
    def capabilities(self) -> Capabilities:
        return CALLING if self._settings.emergency_calls else CAPABILITIES

    async def start(self, receive: Receive) -> None:
        await self._http.start()
        self._door.open(receive)
        self._calls.open(receive)

    async def handle(self, request: Request) -> Response:
        return await self._door.handle(request)

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return await self._sender.send(delivery, text, is_last=is_last)

    async def phone(self, delivery: Delivery, spoken: Spoken) -> str:  # noqa: ARG002 - WeCom says its own words
        return await self._calls.call(delivery)

    async def fetch(self, file_id: str, limit: int) -> bytes:
        return await self._client.download("/cgi-bin/media/get", {"media_id": file_id}, limit)

    async def set_up(self) -> list[str]:
        await self._http.start()
        await set_menu(self._client, self._settings.menu, query={"agentid": str(self._settings.agent_id)})
        labels = ", ".join(label for label, _ in self._settings.menu)
        return [f"The app's menu at WeCom now has: {labels}."]

    async def probe(self) -> str:
        if not self._settings.secret:
            return "WeCom was not asked: a robot can only be tried by writing to its group."
        await self._http.start()
        await self._keeper.token()
        return "WeCom answers and gave an access token."

    async def stop(self) -> None:
        self._door.close()
        await self._calls.stop()
        await self._sender.stop()
        await self._http.stop()
