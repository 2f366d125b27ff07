"""Tells whoever started the program how it is: systemd's notifications, a datagram each; mute without a manager."""

from __future__ import annotations

import socket

import structlog

_PATIENCE = 1.0  #: seconds; a manager that does not read is told again with the next tick

log = structlog.get_logger(__name__)


class ServiceManager:
    """The manager that listens at ``$NOTIFY_SOCKET``."""

    def __init__(self, address: str = "") -> None:
        """Take its address: a path, or a name after ``@``; empty when nobody listens."""
        self._was_told = True
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    @property
    def is_there(self) -> bool:
        """Whether anybody listens."""
        return bool(self._address)

    def ready(self, status: str) -> None:
        """Say that everything listens and works."""
        self._tell("READY=1", f"STATUS={status}")

    def alive(self) -> None:
        """Say that this process lives; a manager that hears it no more starts another."""
        self._tell("WATCHDOG=1")

    def status(self, status: str) -> None:
        """Say in words how it is."""
        self._tell(f"STATUS={status}")

    def stopping(self) -> None:
        """Say that it was told to stop, and does."""
        self._tell("STOPPING=1", "STATUS=Sends and writes what is under way, then stops.")

    def _tell(self, *facts: str) -> None:
        if not self.is_there:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
                way.settimeout(_PATIENCE)
                way.sendto("\n".join(facts).encode(), self._address)
            self._was_told = True
        except OSError as error:
            if self._was_told:  # once, not with every tick
                log.warning("The service manager is not reached.", error=type(error).__name__)
            self._was_told = False
