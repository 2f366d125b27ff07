"""Checks that look at several keys of the configuration together. Pure but for reading the key file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.config.desks import DESK_CHECKS, is_set_up
from bot.config.draft import Draft
from bot.config.model import EmailTable, SecurityTable, Settings, WechatTable, WecomTable
from bot.errors import KeysUnusable, Mistake

_SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


def check(draft: Draft) -> list[Mistake]:
    """Run every check that does not depend on a section of which something was taken out."""
    return [mistake for needs, each in (*_CHECKS, *DESK_CHECKS) if not needs & draft.broken for mistake in each(draft)]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches such a host."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def sample_mistakes(settings: Settings) -> list[Mistake]:
    """Refuse to show the sample parties, with sign-in links for everybody, to other machines."""
    if is_loopback(settings.server.host):
        return []
    remedy = "Copy config.example.toml to config.toml and write your own parties and desks there."
    return [Mistake("server.host", "Without a configuration file the bridge serves this machine only.", remedy)]


def key_mistakes(security: SecurityTable) -> Iterator[Mistake]:
    """Look at the keys; nothing is stored without them."""
    if not (security.key.get_secret_value() or security.key_file):
        remedy = "Name a file, and make it with `casebridge keys new`."
        yield Mistake("security.key_file", "is missing: what people write is stored only sealed.", remedy)
    elif security.key.get_secret_value() and security.key_file:
        yield Mistake("security.key_file", "is set, and so is security.key.", "Keep one of the two.")
    else:
        try:
            security.source.read()
        except KeysUnusable as error:
            key = "security.key" if security.key.get_secret_value() else "security.key_file"
            yield Mistake(key, error.problem, error.remedy)


def _server(draft: Draft) -> Iterator[Mistake]:
    server = draft.settings.server
    url = urlsplit(server.public_url)
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        yield Mistake("server.public_url", "must be https: case facts pass over it.", "Write https://.")
    if not (is_loopback(server.host) or url.scheme == "https" or server.trusted_proxies):
        yield Mistake(
            "server.host",
            "Other machines reach it, and nothing says that the way is encrypted.",
            "Set public_url to the https address of the proxy in front of it, or use 127.0.0.1.",
        )


def _telegram(draft: Draft) -> Iterator[Mistake]:
    telegram = draft.settings.messengers.telegram
    token, secret = telegram.token.get_secret_value(), telegram.secret_token.get_secret_value()
    key = "messengers.telegram"
    if token and not _BOT_TOKEN.fullmatch(token):
        yield Mistake(f"{key}.token", "is not a bot token.", "Copy it from BotFather: digits, a colon, letters.")
    if secret and not _SECRET_TOKEN.fullmatch(secret):
        yield Mistake(f"{key}.secret_token", "holds a sign that Telegram refuses.", "Use A-Z a-z 0-9 _ and -.")


def _webhook(draft: Draft) -> Iterator[Mistake]:
    telegram = draft.settings.messengers.telegram
    if telegram.mode != "webhook":
        return
    if not telegram.token.get_secret_value():
        yield Mistake("messengers.telegram.token", "is needed for a webhook.", "Copy it from BotFather.")
    if not telegram.secret_token.get_secret_value():
        remedy = "Write a long random one: it proves that a message comes from Telegram."
        yield Mistake("messengers.telegram.secret_token", "is needed for a webhook.", remedy)
    if not draft.settings.server.public_url.startswith("https://"):
        remedy = 'Write the https address, or set mode = "polling".'
        yield Mistake("server.public_url", "Telegram calls a webhook over https only.", remedy)


def _messengers(draft: Draft) -> Iterator[Mistake]:
    settings = draft.settings
    if not any(is_set_up(settings, name) for name in ("telegram", "web")):
        remedy = "Write the token of a Telegram bot, or enable web chat."
        yield Mistake("messengers", "No messenger is set up.", remedy)
    tables = (
        ("messengers.wechat", settings.messengers.wechat, WechatTable()),
        ("messengers.wecom", settings.messengers.wecom, WecomTable()),
        ("email", settings.email, EmailTable()),
    )
    for key, table, untouched in tables:
        if table != untouched:
            yield Mistake(
                key, "This version cannot send or receive there.", "Take its keys out, or leave the defaults."
            )


def _retention(draft: Draft) -> Iterator[Mistake]:
    retention = draft.settings.retention
    for key in ("tier2_after", "drills_after"):
        if getattr(retention, key) > retention.cases_after:
            remedy = "Make cases_after the longest of all."
            yield Mistake(f"retention.{key}", "is longer than cases_after, when the whole case goes.", remedy)


_CHECKS = (
    (frozenset[str](), _server),
    (frozenset[str](), _telegram),
    (frozenset({"messengers", "server"}), _webhook),
    (frozenset({"messengers", "email"}), _messengers),
    (frozenset({"retention"}), _retention),
)
