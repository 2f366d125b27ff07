"""Sending at WeCom: texts, cards with buttons, robots' texts, and the change that ends a tapped card."""

from __future__ import annotations

import contextlib

from adapters.calls.follow_ups import FollowUps
from adapters.calls.http_client import HttpClient, Json
from adapters.tencent.client import Client, code_of
from adapters.wecom.errors import CardExists, Meanings
from adapters.wecom.outgoing import robot_of, to_card, to_member, to_robot, to_task_id, to_text, to_used_card
from adapters.wecom.settings import WecomSettings
from bot.domain.errors import Refused, SendError, Unreachable
from bot.domain.messages import Delivery

_SEND = "/cgi-bin/message/send"
_UPDATE = "/cgi-bin/message/update_template_card"
_ROBOT = "/cgi-bin/webhook/send"


class Sender:
    """Sends; raises only `SendError`."""

    def __init__(self, settings: WecomSettings, http: HttpClient, client: Client, meanings: Meanings) -> None:
        self._agent_id = settings.agent_id
        self._robots = {robot.name: robot.key for robot in settings.robots}
        self._http = http
        self._client = client
        self._meanings = meanings
        self._ending = FollowUps()

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        """Send one part; a tapped card is ended after it."""
        message = delivery.message
        if delivery.edits or (is_last and message.file):
            raise Refused("WeCom takes neither edits nor files.")  # not declared, so nobody asks for them
        robot = robot_of(message.address)
        if robot is not None:
            external_id = await self._send_by_robot(robot, delivery, text)
        elif not text and message.tap_id:
            external_id = ""  # nothing but a card to end
        else:
            external_id = await self._send(delivery, text, has_buttons=is_last and bool(message.buttons))
        if is_last and message.tap_id:
            # Not awaited: the message is delivered, and a slow or late change must not make it be sent again.
            self._ending.begin(self._end(delivery))
        return external_id

    async def stop(self) -> None:
        """End what is under way."""
        await self._ending.stop()

    async def _send(self, delivery: Delivery, text: str, *, has_buttons: bool) -> str:
        message, member = delivery.message, to_member(delivery.message.address)
        if not has_buttons:
            answer = await self._take(to_text(self._agent_id, member, text), member)
            return str(answer.get("msgid", ""))
        # Known under our own name: a tap comes with it.
        task_id = to_task_id(message.id)
        with contextlib.suppress(CardExists):
            await self._take(to_card(self._agent_id, member, text, message.buttons, task_id), member)
        return task_id

    async def _take(self, body: Json, member: str) -> Json:
        answer = await self._client.call("POST", _SEND, json=body)
        self._meanings.works()
        # It answers that all went well and names those who got nothing, in small letters.
        for name, why in (("invaliduser", "may not see the app"), ("unlicenseduser", "has no licence for the app")):
            if member.lower() in str(answer.get(name) or "").lower().split("|"):
                raise Unreachable(f"The member {why}.")
        return answer

    async def _send_by_robot(self, name: str, delivery: Delivery, text: str) -> str:
        key = self._robots.get(name)
        if key is None:
            raise Unreachable("There is no robot of this name in the configuration.")
        answer = await self._http.call("POST", _ROBOT, query={"key": key}, body=to_robot(text))
        if code := code_of(answer.as_json()):
            raise self._meanings(code, "")
        return f"{delivery.message.id}-{delivery.parts_done}"  # a robot's messages have no names

    async def _end(self, delivery: Delivery) -> None:
        with contextlib.suppress(SendError):  # after 72 hours, or a second time, WeCom takes no change
            change = to_used_card(self._agent_id, to_member(delivery.message.address), delivery.message.tap_id)
            if change is not None:
                await self._client.call("POST", _UPDATE, json=change)
