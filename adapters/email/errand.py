"""One e-mail on its way: a connection, TLS, the account, one message. Blocks, so it runs in a thread."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

from adapters.email.errors import NO_TLS, Answered, Step, to_send_error
from adapters.email.settings import EmailSettings, Security
from bot.domain.errors import Unavailable

_GREETS, _DONE = 220, 250
_WILL_FORWARD = 251
_BOTH_WAYS = 2  #: `socket.SHUT_RDWR`


class _Talk(smtplib.SMTP):
    """`smtplib`'s client, connected only when told to, so that it can be cut off from another thread by then."""

    def __init__(self, settings: EmailSettings, trust: ssl.SSLContext) -> None:
        # The sender's domain as our name: the default asks the DNS, which blocks, and tells the machine's name.
        super().__init__(local_hostname=settings.domain, timeout=settings.patience.step)
        self._host = settings.host  # the name that the certificate must hold
        self._wraps = trust if settings.security is Security.TLS else None

    def _get_socket(self, host, port, timeout):  # type: ignore[no-untyped-def]  # as the library's, which has no types
        line = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # likewise
        return self._wraps.wrap_socket(line, server_hostname=host) if self._wraps else line


class Errand:
    """Carries one message; what goes wrong is a `SendError`, by how far it had come."""

    def __init__(self, settings: EmailSettings, trust: ssl.SSLContext) -> None:
        """Take the server and whose certificates are believed; nothing is opened yet."""
        self._settings = settings
        self._trust = trust
        self._talk = _Talk(settings, trust)
        self._is_cut = False
        self.step = Step.CONNECT

    def run(self, mail: EmailMessage, recipient: str) -> None:
        """Hand the message over; returns when the server took it."""
        self._talks(lambda: self._hand_over(mail, recipient))

    def _talks(self, business: Callable[[], None]) -> None:
        try:
            self._connect()
            self._log_in()
            business()
        except Exception as error:  # noqa: BLE001 - whatever it was, its text may hold an address or the password
            raise to_send_error(error, self.step) from None
        finally:
            self._talk.close()

    def knock(self) -> None:
        """Connect and log in, and hand nothing over."""
        self._talks(lambda: None)

    def cut(self) -> None:
        """Cut the connection from any thread, so that `run` ends."""
        self._is_cut = True
        line = self._talk.sock
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(_BOTH_WAYS)  # closing alone would not wake a thread that reads

    def _connect(self) -> None:
        code, _ = self._talk.connect(self._settings.host, self._settings.port)
        _expect(code, _GREETS)
        if self._is_cut:
            raise Unavailable("E-mail stops.")
        if self._settings.security is Security.STARTTLS:
            try:
                self._talk.starttls(context=self._trust)
            except smtplib.SMTPNotSupportedError:
                raise Unavailable(NO_TLS) from None
        self._talk.ehlo_or_helo_if_needed()

    def _log_in(self) -> None:
        self.step = Step.LOGIN
        if self._settings.username:
            self._talk.login(self._settings.username, self._settings.password)

    def _hand_over(self, mail: EmailMessage, recipient: str) -> None:
        self.step = Step.SENDER
        _expect(self._talk.mail(self._settings.sender)[0], _DONE)
        self.step = Step.RECIPIENT
        _expect(self._talk.rcpt(recipient)[0], _DONE, _WILL_FORWARD)
        self.step = Step.CONTENT
        _expect(self._talk.data(bytes(mail))[0], _DONE)
        with contextlib.suppress(OSError):
            self._talk.putcmd("quit")  # its answer is not waited for: the message is taken


def _expect(code: int, *hoped: int) -> None:
    if code not in hoped:
        raise Answered(code)
