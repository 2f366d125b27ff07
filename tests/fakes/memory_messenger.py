"""The in-memory messenger: keeps what was sent and lets people be played; nothing leaves the process."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.errors import Refused, SendError, StorageError, Unavailable
from bot.domain.messages import Address, Capabilities, Contact, Delivery, Inbound, Keyboard, Kind
from bot.domain.phone_calls import CallResult, PhoneCall, Spoken
from bot.ports.messengers import Receipt, Receive
from tests.fakes.memory_windows import Granted, KnockBook, Knocked

#: What it can do unless told otherwise: as much as Telegram, without its pace.
CAPABILITIES = Capabilities(
    text_limit=4096, edits=True, files=True, file_limit=50_000_000, groups=True, attachments_in=True
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as its recipient sees it now."""

    id: str
    address: Address
    text: str
    buttons: Keyboard = ()
    file: str = ""
    reply_to: str = ""
    dedupe_key: str = ""
    edits: int = 0  #: how often it was changed since
    in_call: bool = False  #: came back in the call that brought the person's message

    def data(self, label: str) -> str:
        """Return the data of the button with this label. Raises LookupError."""
        for row in self.buttons:
            for button in row:
                if button.label == label:
                    return button.data
        raise LookupError(f"no button {label!r}")


@dataclass(frozen=True, slots=True)
class Rung:
    """A phone that rang."""

    at: datetime
    call: PhoneCall
    address: Address
    said: str


@dataclass(slots=True)
class _Fault:
    error: SendError
    times: int | None  #: None: until `recover`
    address: Address | None  #: None: any

    def concerns(self, address: Address) -> bool:
        return self.address in {None, address} and self.times != 0


class MemoryAdapter:
    """A messenger under any name, with any capabilities; what it is told to fail at, it fails at."""

    def __init__(
        self,
        messenger: str = "memory",
        *,
        clock: Callable[[], datetime],
        capabilities: Capabilities = CAPABILITIES,
        account: str = "1",
    ) -> None:
        self.messenger = messenger
        self.capabilities = capabilities
        self.sent: list[Shown] = []  #: every message, edits as further ones, in the order of sending
        self.answered_taps: list[str] = []
        self.loses_calls = 0  #: so many of the next answers in the call are lost on the way
        self.contents: dict[str, bytes | SendError] = {}  #: of files that people sent, by file id
        self._clock = clock
        self._account = account
        self._receive: Receive | None = None
        self._faults: list[_Fault] = []
        self._shown: dict[str, Shown] = {}
        self._ids = itertools.count(1)
        self._granted = Granted(capabilities.windows) if capabilities.windows else None
        self._knocks = KnockBook()
        self.rung: list[Rung] = []  #: phones that rang, oldest first

    async def start(self, receive: Receive) -> None:
        self._receive = receive

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        message = delivery.message
        if self._receive is None:
            raise Unavailable("the messenger is not started")
        self._fail(message.address)
        if delivery.edits and delivery.edits not in self._shown:
            raise Refused("the message to change is not there any more")
        if self._granted is not None and not message.address.peer.startswith(self.capabilities.group_prefix):
            self._granted.spend(message.address, self._clock())
        shown = Shown(
            delivery.edits or f"m{next(self._ids)}",
            message.address,
            text,
            message.buttons if is_last else (),
            message.file if is_last else "",
            message.reply_to,
            message.dedupe_key,
            self._shown[delivery.edits].edits + 1 if delivery.edits else 0,
        )
        self.sent.append(shown)
        self._shown[shown.id] = shown
        if is_last and message.tap_id:
            self.answered_taps.append(message.tap_id)
        return shown.id

    async def knock(self, delivery: Delivery, headline: str) -> str:
        if self._receive is None:
            raise Unavailable("the messenger is not started")
        return self._knocks.add(delivery, headline)

    async def phone(self, delivery: Delivery, spoken: Spoken) -> str:
        if self._receive is None:
            raise Unavailable("the gateway is not started")
        self._fail(delivery.message.address)
        call = PhoneCall.of(delivery.message)
        self.rung.append(Rung(self._clock(), call, delivery.message.address, spoken.sentence))
        return call.name

    async def tells(self, result: CallResult, *, of: Rung | None = None, event: str = "") -> Inbound:
        """Say what became of the newest call, or of another."""
        call = (of or self.rung[-1]).call
        event = event or f"e{next(self._ids)}"
        told = Inbound(self.messenger, "1", event, Kind.CALLED, self._clock(), text=result.value, message_id=call.name)
        return await self.receive(told)

    async def fetch(self, file_id: str, limit: int) -> bytes:
        content = self.contents.get(file_id, Unavailable("the file is not there yet"))
        if isinstance(content, SendError):
            raise content
        if len(content) > limit:
            raise Refused("the file is too large")
        return content

    async def stop(self) -> None:
        self._receive = None

    def fail(self, error: SendError, *, times: int | None = 1, address: str = "") -> None:
        """Let the next sends fail, ``times`` of them or until `recover`; to one peer only when `address` says so."""
        self._faults.append(_Fault(error, times, self.address(address) if address else None))

    def recover(self) -> None:
        """Take everything again."""
        self._faults.clear()

    def refuses_knocks(self, error: SendError | None) -> None:
        """Let every knock fail, or take them again."""
        self._knocks.error = error

    def knocked(self, peer: str) -> list[Knocked]:
        """All knocks at an address, oldest first."""
        return [knock for knock in self._knocks.all if knock.address == self.address(peer)]

    def closes_window(self, peer: str) -> None:
        """Let the messenger take nothing more for somebody, whatever the bridge counts."""
        if self._granted is not None:
            self._granted.close(self.address(peer))

    def shown(self, peer: str) -> list[Shown]:
        """All messages that stand at an address now, oldest first, edits applied."""
        return [shown for shown in self._shown.values() if shown.address == self.address(peer)]

    def last(self, peer: str) -> Shown:
        """Return the newest message at an address. Raises LookupError when there is none."""
        return self.shown(peer)[-1]

    def address(self, peer: str) -> Address:
        """Make an address of this messenger; a whole address is taken as it is."""
        return Address.parse(peer) if peer.startswith(f"{self.messenger}:") else Address(self.messenger, peer)

    async def says(self, peer: str, text: str, *, at: str = "", reply_to: str = "") -> Inbound:
        """Let somebody write, privately or ``at`` a group; returns the message after its commit."""
        return await self._said(peer, at, Kind.TEXT, text=text, reply_to=reply_to)

    async def taps(self, peer: str, label: str, *, at: str = "") -> Inbound:
        """Let somebody tap the newest button with this label. Raises LookupError when there is none."""
        for shown in reversed(self.shown(at or peer)):
            if any(button.label == label for row in shown.buttons for button in row):
                return await self.taps_data(peer, shown.data(label), shown.id, at=at)
        raise LookupError(f"no button {label!r} at {at or peer}")

    async def taps_data(self, peer: str, data: str, message_id: str, *, at: str = "") -> Inbound:
        """Let somebody tap a button that may not be shown any more."""
        tap_id = f"t{next(self._ids)}"
        return await self._said(peer, at, Kind.BUTTON, button=data, tap_id=tap_id, message_id=message_id)

    async def taps_menu(self, peer: str, text: str) -> Inbound:
        """Let somebody tap an entry of the menu below the chat, which stands for a text."""
        return await self._said(peer, "", Kind.TEXT, text=text, contact=Contact.TAP)

    async def outcome(self, knock: Knocked, failure: str = "") -> Inbound:
        """Let the messenger say what became of a knock."""
        return await self._said(knock.address.peer, "", Kind.OUTCOME, text=failure, message_id=knock.id)

    async def edits(self, original: Inbound, text: str) -> Inbound:
        """Let somebody change what they wrote."""
        changed = replace(original, kind=Kind.EDIT, text=text, external_id=f"e{next(self._ids)}")
        return await self.receive(replace(changed, received_at=self._clock()))

    async def deletes(self, original: Inbound) -> Inbound:
        """Let somebody delete what they wrote."""
        gone = replace(original, kind=Kind.DELETED, text="", external_id=f"e{next(self._ids)}")
        return await self.receive(replace(gone, received_at=self._clock()))

    async def shares_location(self, peer: str, latitude: float, longitude: float, *, at: str = "") -> Inbound:
        """Let somebody share where they are."""
        return await self._said(peer, at, Kind.LOCATION, latitude=latitude, longitude=longitude)

    async def sends(self, peer: str, kind: Kind, *, at: str = "", **content: object) -> Inbound:
        """Let somebody send whatever a phone can send."""
        return await self._said(peer, at, kind, **content)

    async def receive(self, message: Inbound) -> Inbound:
        """Hand a message over, again if it is a redelivery. Raises StorageError when it was not stored."""
        await self.hand_over(message)
        return message

    async def hand_over(self, message: Inbound) -> Receipt:
        """Like `receive`, but return what the bridge answers."""
        if self._receive is None:
            raise StorageError("the bridge takes no messages yet")
        if self._granted is not None:
            message = self._granted.took(message, self._clock())
        receipt = await self._receive(message)
        if receipt.reply and self.loses_calls:
            self.loses_calls -= 1
        elif receipt.reply and message.place is not None:
            shown = Shown(f"m{next(self._ids)}", message.place, receipt.reply, in_call=True)
            self.sent.append(shown)
            self._shown[shown.id] = shown
            receipt.went()
        return receipt

    async def _said(self, peer: str, at: str, kind: Kind, **content: object) -> Inbound:
        number = next(self._ids)
        message = Inbound(
            self.messenger,
            self._account,
            f"e{number}",
            kind,
            self._clock(),
            place=self.address(at or peer),
            **({"message_id": f"m{number}", "sender": self.address(peer), "sender_name": peer} | content),  # type: ignore[arg-type]
        )
        return await self.receive(message)

    def _fail(self, address: Address) -> None:
        for fault in self._faults:
            if fault.concerns(address):
                if fault.times is not None:
                    fault.times -= 1
                raise fault.error
