"""Logging: constant sentences with ids, as JSON lines or for a terminal; secrets are taken out of every line."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

#: Their usual lines are of no use here, and some hold addresses with tokens in them.
_CHATTY = ("aiohttp", "telegram", "apscheduler", "httpx", "httpcore", "asyncio", "alembic", "uvicorn")
#: Warns each second about a tick that still runs, as all do while the database is away: that is said once elsewhere.
_NAGGING = "apscheduler.scheduler"
_HIDDEN = "***"
_SEVERAL_LINES = frozenset({"exception", "stack"})  #: fields of a traceback
#: What would begin a new line, steer a terminal or turn a line around; a tab does none of it.
_STEERING = re.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")
_SHORTEST_SECRET = 4  #: characters; a shorter one would blacken ordinary words
#: Telegram has its token in the path; WeChat and WeCom have theirs in the query.
_IN_ADDRESSES = (
    (re.compile(r"(?i)\bbot\d+:[A-Za-z0-9_-]+"), f"bot{_HIDDEN}"),
    (re.compile(r"\b\d{6,}:[A-Za-z0-9_-]{30,}"), _HIDDEN),
    (re.compile(r"(?i)\b((?:access_token|secret|corpsecret|appsecret|token)=)[^&\s\"']+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(/(?:signin|paper|receipt)/)[A-Za-z0-9_-]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), rf"\1{_HIDDEN}@"),
)


class Redactor:
    """Takes secrets out of everything in a line: the sentence, every field, the text of an exception."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Keep the secrets; longer ones are looked for first, so that none is left in part."""
        wanted = sorted({s for s in secrets if len(s) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, wanted))) if wanted else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Work as a structlog processor."""
        return {self.clean(key): self._any(value, key) for key, value in event.items()}

    def clean(self, text: str) -> str:
        """Take secrets out of one text, and write out what would not stay within its line."""
        return _STEERING.sub(_written_out, self._without_secrets(text))

    def _without_secrets(self, text: str) -> str:
        if self._secrets:
            text = self._secrets.sub(_HIDDEN, text)
        for pattern, replacement in _IN_ADDRESSES:
            text = pattern.sub(replacement, text)
        return text

    def _any(self, value: object, name: str = "") -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {self.clean(str(key)): self._any(each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._any(each) for each in value]
        if name in _SEVERAL_LINES:
            # Set off, so that no line of an error's text passes for one of ours.
            return "\n  | ".join(map(self.clean, str(value).split("\n")))
        return self.clean(str(value))


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def configure(*, secrets: Iterable[str] = (), level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send everything that is logged, by anybody, as one line each to `stream` (standard error when not given)."""
    out = stream or sys.stderr
    redactor = Redactor(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    _route(out, level, shared, [structlog.stdlib.ProcessorFormatter.remove_processors_meta, redactor, _renderer(out)])
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _renderer(out: TextIO) -> Processor:
    if out.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _route(out: TextIO, level: int, foreign: list[Processor], last: list[Processor]) -> None:
    handler = logging.StreamHandler(out)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=foreign, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in ("uvicorn", "uvicorn.error", *_CHATTY):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger(_NAGGING).setLevel(max(level, logging.ERROR))
