"""What each messenger needs in the configuration, and what an address of it looks like. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.config.draft import Draft
from bot.config.messenger_tables import EmailTable, TelegramTable
from bot.config.model import Settings
from bot.config.wechat import WECHAT_CHECKS
from bot.config.wecom import WECOM_CHECKS
from bot.domain.errors import Mistake
from bot.domain.mail_address import MAIL_ADDRESS

_SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f]*(:[0-9A-Fa-f]*){2,7}")
_BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Known:
    """A messenger that an address may name."""

    is_set_up: Callable[[Settings], bool]
    remedy: str  #: what must be there for its addresses to be sent to
    peer: re.Pattern[str] | None = None  #: the part of an address behind the colon; None: anything
    peer_is: str = ""  #: what that part is
    peer_remedy: str = ""
    receives: bool = True  #: people can write to us there
    hears: Callable[[Settings], bool] = lambda _: True  #: as it is set up


#: By the word that addresses begin with.
KNOWN = {
    "telegram": Known(
        lambda s: bool(s.messengers.telegram.token.get_secret_value()),
        "Write the bot's token in [messengers.telegram].",
        re.compile(r"-?\d{1,19}(/\d{1,10})?"),
        "the id of a Telegram chat",
        "Write the number of the chat, and for a topic a slash and its number: telegram:-1001234/56.",
    ),
    "web": Known(lambda s: s.messengers.web.enabled, "Set enabled = true in [messengers.web]."),
    "email": Known(
        lambda s: bool(s.email.host),
        "Write the mail server in [email].",
        MAIL_ADDRESS,
        "an e-mail address",
        "Write one plain address: email:duty@example.org.",
        receives=False,
    ),
    "wechat": Known(
        lambda s: bool(s.messengers.wechat.app_id),
        "Write the account's keys in [messengers.wechat].",
        re.compile(r"[A-Za-z0-9_-]{1,128}"),
        "the OpenID of somebody who follows the account",
        "Write an OpenID, or leave it out: people of a desk are told where they enrolled, without an address here.",
    ),
    "wecom": Known(
        lambda s: bool(s.messengers.wecom.secret.get_secret_value() or s.messengers.wecom.robots),
        "Write the app's keys in [messengers.wecom], or a robot in [[messengers.wecom.robots]].",
        re.compile(r"robot:[a-z0-9-]{1,32}|[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}"),
        "a WeCom member's id or a robot",
        "Write the UserID of one member, or robot: and the name of a robot: wecom:robot:duty.",
        hears=lambda s: bool(s.messengers.wecom.secret.get_secret_value()),
    ),
}


def _telegram(draft: Draft) -> Iterator[Mistake]:
    telegram = draft.settings.messengers.telegram
    token, secret = telegram.token.get_secret_value(), telegram.secret_token.get_secret_value()
    key = "messengers.telegram"
    if token and not _BOT_TOKEN.fullmatch(token):
        yield Mistake(f"{key}.token", "is not a bot token.", "Copy it from BotFather: digits, a colon, letters.")
    if secret and not _SECRET_TOKEN.fullmatch(secret):
        yield Mistake(f"{key}.secret_token", "holds a sign that Telegram refuses.", "Use A-Z a-z 0-9 _ and -.")


def _telegram_webhook(draft: Draft) -> Iterator[Mistake]:
    telegram = draft.settings.messengers.telegram
    if telegram.mode != "webhook":
        return
    if not telegram.token.get_secret_value():
        yield Mistake("messengers.telegram.token", "is needed for a webhook.", "Copy it from BotFather.")
    if not telegram.secret_token.get_secret_value():
        remedy = "Write a long random one: it proves that a message comes from Telegram."
        yield Mistake("messengers.telegram.secret_token", "is needed for a webhook.", remedy)
    if _is_telegrams(telegram.api_base_url) and not draft.settings.server.public_url.startswith("https://"):
        remedy = 'Write the https address, or set mode = "polling".'
        yield Mistake("server.public_url", "Telegram calls a webhook over https only.", remedy)


def _is_telegrams(url: str) -> bool:
    """Whether Telegram itself calls us; a Bot API server of one's own may do so over http."""
    return urlsplit(url).hostname == urlsplit(TelegramTable().api_base_url).hostname


def _email(draft: Draft) -> Iterator[Mistake]:
    email = draft.settings.email
    if not email.host:
        if email != EmailTable():
            yield Mistake("email.host", "is missing, so no e-mail is sent.", "Write the name of the mail server.")
        return
    if not _HOST.fullmatch(email.host):
        yield Mistake("email.host", "is not the name of a server.", 'Write it without a port: "mail.example.org".')
    if not MAIL_ADDRESS.fullmatch(email.sender):
        remedy = 'Write the address that mails come from: "bridge@example.org".'
        yield Mistake("email.sender", "is not an e-mail address.", remedy)
    if bool(email.username) is not bool(email.password.get_secret_value()):
        missing, other = ("password", "username") if email.username else ("username", "password")
        yield Mistake(f"email.{missing}", f"is missing beside {other}.", "Write both, or neither.")


def _any(draft: Draft) -> Iterator[Mistake]:
    settings = draft.settings
    if not any(known.receives and known.hears(settings) and known.is_set_up(settings) for known in KNOWN.values()):
        remedy = "Write the token of a Telegram bot or the keys of a WeChat or WeCom account, or enable web chat."
        yield Mistake("messengers", "No messenger is set up.", remedy)


#: Each check with the sections that it needs whole.
MESSENGER_CHECKS: tuple[tuple[frozenset[str], Callable[[Draft], Iterator[Mistake]]], ...] = (
    (frozenset(), _telegram),
    (frozenset({"messengers", "server"}), _telegram_webhook),
    *WECHAT_CHECKS,
    *WECOM_CHECKS,
    (frozenset({"messengers", "email"}), _any),
    (frozenset({"email"}), _email),
)
