"""How the Telegram adapter is set, and what it declares that Telegram can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from bot.domain.messages import Capabilities

MESSENGER = "telegram"
#: What we ask Telegram for; all else would only be stored and ignored.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")


class Mode(StrEnum):
    """How messages reach us."""

    POLLING = "polling"  #: we ask; needs no public address
    WEBHOOK = "webhook"  #: Telegram calls us


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds."""

    pool: float = 5.0  #: for a free connection
    connect: float = 5.0
    write: float = 10.0
    read: float = 10.0
    file: float = 60.0  #: instead of `write` and `read` when a file goes along
    long_poll: int = 3  #: how long Telegram holds an empty answer; below the lease, which is renewed between answers
    lease: timedelta = timedelta(seconds=8)  #: how soon another node polls after this one died


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One bot account."""

    token: str = field(repr=False)
    mode: Mode = Mode.POLLING
    api_base_url: str = "https://api.telegram.org"
    webhook_url: str = ""  #: where Telegram shall call us, in webhook mode
    #: Telegram repeats it in a header; without one no webhook call is believed.
    secret_token: str = field(default="", repr=False)
    #: ``http://user:password@host:port``, for this messenger only.
    proxy: str = field(default="", repr=False)
    chat_per_second: float = 1.0
    group_per_minute: float = 20.0
    total_per_second: float = 30.0
    exports: Path = Path("exports")  #: folder of the files that messages name
    commands: tuple[tuple[str, str], ...] = ()  #: (word, what it does) for the menu on the phone
    patience: Patience = Patience()

    @property
    def account(self) -> str:
        """The bot's id: the part of its token that is no secret."""
        return self.token.partition(":")[0]

    @property
    def root(self) -> str:
        """The server's address without a slash at its end."""
        return self.api_base_url.rstrip("/")

    @property
    def capabilities(self) -> Capabilities:
        """What Telegram can do, paced as set."""
        return Capabilities(
            text_limit=4096,  # UTF-16 units, https://core.telegram.org/bots/api#sendmessage
            buttons=True,
            button_bytes=64,
            edits=True,
            files=True,
            file_limit=50_000_000,  # https://core.telegram.org/bots/api#senddocument
            groups=True,
            attachments_in=True,
            per_chat_second=self.chat_per_second,
            per_group_minute=self.group_per_minute,
            total_second=self.total_per_second,
        )
