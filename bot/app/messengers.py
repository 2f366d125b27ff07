"""Where the configuration and the messengers meet: one maker for each adapter."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from adapters.calls.node import Node
from adapters.email import EmailAdapter, EmailSettings, security_of
from adapters.gateway import Gateway, GatewaySettings
from adapters.push import Pusher, PushSettings
from adapters.telegram import TelegramAdapter, TelegramSettings
from adapters.telegram.settings import Mode
from adapters.translation import ServerSettings, TranslationProgram, TranslationServer
from adapters.web.adapter import WebAdapter
from adapters.wechat import WechatAdapter, WechatSettings
from adapters.wecom import Robot, WecomAdapter, WecomSettings
from bot.config.model import Settings
from bot.domain import phone_menus
from bot.domain.messages import WindowRules
from bot.ports.messengers import Adapter, WebhookAdapter
from bot.ports.storage import Storage
from bot.ports.translation import Translator
from bot.protection.keys import Key


@dataclass(frozen=True, slots=True)
class Wiring:
    """What adapters are made of."""

    settings: Settings
    node: Node[Storage]


@dataclass(frozen=True, slots=True)
class Adapters:
    """The messengers that are set up."""

    found: tuple[Adapter, ...]

    @property
    def all(self) -> dict[str, Adapter]:
        """All of them by name."""
        return {adapter.messenger: adapter for adapter in self.found}

    @property
    def web(self) -> WebAdapter | None:
        """Web chat, whose pages talk to it directly."""
        return next((a for a in self.found if isinstance(a, WebAdapter)), None)

    @property
    def email(self) -> EmailAdapter | None:
        """E-mail, which carries papers too."""
        return next((a for a in self.found if isinstance(a, EmailAdapter)), None)

    @property
    def gateway(self) -> Gateway | None:
        """What makes phone calls, which is no messenger."""
        return next((a for a in self.found if isinstance(a, Gateway)), None)

    @property
    def webhooks(self) -> dict[str, WebhookAdapter]:
        """Those that messengers call."""
        return {adapter.messenger: adapter for adapter in self.found if isinstance(adapter, WebhookAdapter)}


def adapters_of(wiring: Wiring) -> Adapters:
    """Make the adapters that the configuration sets up."""
    return Adapters(tuple(adapter for make in _MAKERS if (adapter := make(wiring)) is not None))


def pusher_of(wiring: Wiring, key: Key | None) -> Pusher | None:
    """Make what tells browsers; None where nobody is named whom their push services can ask, or there is no key."""
    table = wiring.settings.messengers.web
    if key is None or not (table.enabled and table.push_contact):
        return None
    return Pusher(PushSettings(key.material, f"mailto:{table.push_contact}", table.push_hosts), wiring.node)


def telegram_of(settings: Settings) -> TelegramSettings | None:
    """Take from the configuration what the Telegram adapter needs; None when it has no token."""
    table = settings.messengers.telegram
    if not table.token.get_secret_value():
        return None
    return TelegramSettings(
        token=table.token.get_secret_value(),
        mode=Mode(table.mode),
        api_base_url=table.api_base_url,
        webhook_url=f"{settings.server.url}/hooks/telegram",
        secret_token=table.secret_token.get_secret_value(),
        proxy=table.proxy.get_secret_value(),
        chat_per_second=table.chat_per_second,
        group_per_minute=table.group_per_minute,
        total_per_second=table.total_per_second,
        exports=settings.bridge.data_dir / "exports",
        commands=phone_menus.commands(),
    )


def _telegram(wiring: Wiring) -> Adapter | None:
    found = telegram_of(wiring.settings)
    return TelegramAdapter(found, wiring.node) if found else None


def _wecom(wiring: Wiring) -> Adapter | None:
    table = wiring.settings.messengers.wecom
    robots = tuple(Robot(each.name, each.key.get_secret_value()) for each in table.robots)
    if not (table.secret.get_secret_value() or robots):
        return None
    found = WecomSettings(
        corp_id=table.corp_id,
        agent_id=table.agent_id,
        secret=table.secret.get_secret_value(),
        token=table.token.get_secret_value(),
        aes_key=table.aes_key.get_secret_value(),
        api_base_url=table.api_base_url,
        proxy=table.proxy.get_secret_value(),
        robots=robots,
        emergency_calls=table.emergency_calls,
        menu=phone_menus.taps(),
    )
    return WecomAdapter(found, wiring.node)


def wechat_of(settings: Settings) -> WechatSettings | None:
    """Take from the configuration what the WeChat adapter needs; None when it has no account."""
    table = settings.messengers.wechat
    if not table.app_id:
        return None
    return WechatSettings(
        app_id=table.app_id,
        app_secret=table.app_secret.get_secret_value(),
        token=table.token.get_secret_value(),
        aes_key=table.aes_key.get_secret_value(),
        api_base_url=table.api_base_url,
        template_id=table.template_id,
        proxy=table.proxy.get_secret_value(),
        public_url=settings.server.public_url,
        menu=phone_menus.taps(),
    )


def windows_of(settings: Settings) -> dict[str, WindowRules]:
    """Say what the reply windows are of the messengers that are set up and have some."""
    found = wechat_of(settings)
    windows = found.capabilities.windows if found else None
    return {"wechat": windows} if windows else {}


def wechat_adapter(wiring: Wiring) -> WechatAdapter | None:
    """Make the WeChat adapter; None when it has no account."""
    found = wechat_of(wiring.settings)
    return WechatAdapter(found, wiring.node) if found else None


def translator_of(settings: Settings) -> Translator | None:
    """Make what drafts English versions; None where the configuration names nothing."""
    table = settings.translation
    seconds = table.answer_within.total_seconds()
    if table.command:
        return TranslationProgram(shlex.split(table.command), seconds)
    if table.url:
        return TranslationServer(ServerSettings(table.url, table.api_key.get_secret_value(), seconds))
    return None


def _web(wiring: Wiring) -> Adapter | None:
    return WebAdapter() if wiring.settings.messengers.web.enabled else None


def email_of(settings: Settings) -> EmailSettings | None:
    """Take from the configuration what the e-mail adapter needs; None when it has no mail server."""
    table = settings.email
    if not table.host:
        return None
    return EmailSettings(
        host=table.host,
        port=table.port,
        sender=table.sender,
        security=security_of(table.host, table.port),
        username=table.username,
        password=table.password.get_secret_value(),
        public_url=settings.server.url,
    )


def _email(wiring: Wiring) -> Adapter | None:
    found = email_of(wiring.settings)
    return EmailAdapter(found, clock=wiring.node.clock) if found else None


def _gateway(wiring: Wiring) -> Adapter | None:
    table = wiring.settings.gateway
    if not table.url:
        return None
    seconds = table.answer_within.total_seconds()
    return Gateway(GatewaySettings(table.url, table.secret.get_secret_value(), seconds), wiring.node)


_MAKERS: tuple[Callable[[Wiring], Adapter | None], ...] = (_telegram, wechat_adapter, _wecom, _web, _email, _gateway)
