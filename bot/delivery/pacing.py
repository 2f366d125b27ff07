"""How fast a messenger may be sent to: token buckets. Pure: time is an argument, seconds of one clock."""

from __future__ import annotations

from bot.domain.messages import Capabilities

#: Waits shorter than this are none: they are rounding, and would make a clock of whole microseconds spin.
_NOTHING = 0.001
_GROUP_BURST = 3
_SWEEP_EVERY = 1024  #: sends between two looks for buckets that are full again


class Bucket:
    """Fills at `rate` tokens a second up to `burst`; each message takes one."""

    __slots__ = ("_at", "_tokens", "burst", "rate")

    def __init__(self, rate: float, burst: float) -> None:
        """Begin full."""
        self.rate = rate
        self.burst = max(1.0, burst)
        self._tokens = self.burst
        self._at = 0.0

    def _level(self, now: float) -> float:
        return min(self.burst, self._tokens + max(0.0, now - self._at) * self.rate)

    def delay(self, now: float, ahead: int = 0) -> float:
        """Return the seconds until a message may go that has `ahead` others before it."""
        wait = (1 + ahead - self._level(now)) / self.rate
        return wait if wait > _NOTHING else 0.0

    def take(self, now: float) -> None:
        """Count a message. What could not wait makes a debt, at most one burst deep."""
        self._tokens = max(-self.burst, self._level(now) - 1)
        self._at = max(self._at, now)

    def give_back(self) -> None:
        """Count one message less: it was not sent."""
        self._tokens = min(self.burst, self._tokens + 1)

    def is_full(self, now: float) -> bool:
        """Whether nothing is remembered here that a new bucket would not know."""
        return self._level(now) >= self.burst


class Pace:
    """The limits of one messenger: per chat, per group, and in all. A limit of 0 is none."""

    def __init__(self, capabilities: Capabilities) -> None:
        """Take the limits as the adapter declares them."""
        self._chat = (capabilities.per_chat_second, float(capabilities.chat_burst))
        self._group = (capabilities.per_group_minute / 60, float(_GROUP_BURST))
        rate = capabilities.total_second
        self._total = Bucket(rate, rate / 3) if rate else None
        self._chats: dict[str, Bucket] = {}
        self._groups: dict[str, Bucket] = {}
        self._group_prefix = capabilities.group_prefix
        self.is_strict = capabilities.is_strict
        self._sends = 0
        self.is_limited = bool(self._chat[0] or self._group[0] or rate)

    def __len__(self) -> int:
        """Count the buckets in memory."""
        return len(self._chats) + len(self._groups)

    def delay(self, peer: str, now: float, *, is_answer: bool = False, ahead: int = 0) -> float:
        """Return the seconds until this chat may get a message.

        A person's answer does not wait for the chat's bucket, unless what is too much would be lost silently.
        """
        chat = _chat_of(peer)
        buckets = [self._groups.get(chat), None if is_answer and not self.is_strict else self._chats.get(chat)]
        return max((b.delay(now, ahead) for b in buckets if b is not None), default=0.0)

    def total_delay(self, now: float) -> float:
        """Return the seconds until the messenger takes another message at all."""
        return self._total.delay(now) if self._total else 0.0

    def take(self, peer: str, now: float) -> None:
        """Count a message to this chat against every limit."""
        chat = _chat_of(peer)
        if self._total:
            self._total.take(now)
        if self._chat[0]:
            _bucket(self._chats, chat, self._chat).take(now)
        if self._group[0] and chat.startswith(self._group_prefix):
            _bucket(self._groups, chat, self._group).take(now)
        self._sends += 1
        if self._sends % _SWEEP_EVERY == 0:
            self.forget(now)

    def give_back(self, peer: str) -> None:
        """Count one message to this chat less: it was not sent."""
        chat = _chat_of(peer)
        for bucket in (self._total, self._chats.get(chat), self._groups.get(chat)):
            if bucket is not None:
                bucket.give_back()

    def forget(self, now: float) -> None:
        """Forget the buckets of chats that were quiet for long enough."""
        self._chats = {chat: b for chat, b in self._chats.items() if not b.is_full(now)}
        self._groups = {chat: b for chat, b in self._groups.items() if not b.is_full(now)}


def _chat_of(peer: str) -> str:
    """The chat of a forum topic: messengers count topics together."""
    return peer.partition("/")[0]


def _bucket(buckets: dict[str, Bucket], chat: str, limit: tuple[float, float]) -> Bucket:
    bucket = buckets.get(chat)
    if bucket is None:
        bucket = buckets[chat] = Bucket(*limit)
    return bucket
