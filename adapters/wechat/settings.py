"""How the WeChat adapter is set, and what it declares that WeChat can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from adapters.calls.http_client import Way
from adapters.tencent.callback import BODY_LIMIT
from bot.domain.messages import Capabilities, Grant, WindowRules

MESSENGER = "wechat"
NAME = "WeChat"
TEXT_LIMIT = 2048  #: bytes of a text, also of one that answers in the call
BUTTON_BYTES = 64  #: of what a choice brings back

#: What may be written after what, https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
_WINDOWS = WindowRules(message=Grant(5, timedelta(hours=48)), tap=Grant(3, timedelta(minutes=1)))


@dataclass(frozen=True, slots=True)
class WechatSettings:
    """One Official Account."""

    app_id: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)  #: signs the calls
    aes_key: str = field(repr=False)  #: encrypts them; 43 characters
    api_base_url: str = "https://api.weixin.qq.com"
    template_id: str = ""  #: for a message outside the window; none without
    proxy: str = field(default="", repr=False)
    public_url: str = ""  #: where the pages of cases are; a template message leads there
    menu: tuple[tuple[str, str], ...] = ()  #: (label, command) at the foot of the chat
    #: Takes nothing that is not encrypted. Only tests switch it off: in the clear nothing signs a message.
    requires_encryption: bool = True
    answer_within: float = 4.0  #: seconds until an answer goes another way
    heard_within: float = 4.5  #: seconds; an answer of ours that stood still for longer goes another way too
    hangs_up_after: float = 6.0  #: seconds; WeChat waits 5, and brings the message again

    @property
    def way(self) -> Way:
        """How its API is reached."""
        return Way(NAME, self.api_base_url.rstrip("/"), self.proxy)

    @property
    def capabilities(self) -> Capabilities:
        """What WeChat can do."""
        return Capabilities(
            text_limit=TEXT_LIMIT,
            call_limit=BODY_LIMIT,
            text_unit="bytes",
            buttons=False,
            button_bytes=BUTTON_BYTES,
            menu_links=True,
            answers_in_call=True,
            windows=_WINDOWS,
            knocks=bool(self.template_id),
            attachments_in=True,
        )
