"""Checks that look at several keys of the configuration together.

Pure, but for reading files that it names and looking whether the translation program is there.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.config.desks import DESK_CHECKS
from bot.config.draft import Draft
from bot.config.gateway import GATEWAY_CHECKS
from bot.config.hosts import is_loopback
from bot.config.ladders import LADDER_CHECKS
from bot.config.messengers import MESSENGER_CHECKS
from bot.config.model import SecurityTable, Settings
from bot.config.papers import PAPER_CHECKS
from bot.config.web_push import PUSH_CHECKS
from bot.domain.errors import KeysUnusable, Mistake


def check(draft: Draft) -> list[Mistake]:
    """Run every check that does not depend on a section of which something was taken out."""
    return [mistake for needs, each in _ALL if not needs & draft.broken for mistake in each(draft)]


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


def _retention(draft: Draft) -> Iterator[Mistake]:
    retention = draft.settings.retention
    for key in ("tier2_after", "drills_after"):
        if getattr(retention, key) > retention.cases_after:
            remedy = "Make cases_after the longest of all."
            yield Mistake(f"retention.{key}", "is longer than cases_after, when the whole case goes.", remedy)


def _translation(draft: Draft) -> Iterator[Mistake]:
    table = draft.settings.translation
    if table.command and table.url:
        yield Mistake("translation.url", "is set, and so is translation.command.", "Keep one of the two.")
    if table.api_key.get_secret_value() and not table.url:
        yield Mistake("translation.api_key", "is set, and no translation.url.", "Set url, or take the key out.")
    url = urlsplit(table.url)
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        remedy = "Write https://, or run the server on this machine."
        yield Mistake("translation.url", "must be https: what people wrote of a case passes over it.", remedy)
    if table.command and not _is_runnable(table.command):
        remedy = 'Write the program as in a shell, by its full path: "/usr/local/bin/translate --to en".'
        yield Mistake("translation.command", "names no program that can be run here.", remedy)


def _is_runnable(command: str) -> bool:
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    return bool(words) and shutil.which(words[0]) is not None


_CHECKS = (
    (frozenset[str](), _server),
    (frozenset({"retention"}), _retention),
    (frozenset({"translation"}), _translation),
)
_ALL = (
    *_CHECKS,
    *MESSENGER_CHECKS,
    *GATEWAY_CHECKS,
    *DESK_CHECKS,
    *LADDER_CHECKS,
    *PAPER_CHECKS,
    *PUSH_CHECKS,
)
