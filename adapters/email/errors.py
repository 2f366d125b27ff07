"""What a mail server's refusals mean for us. No reason here ever holds an answer's text, an address or a password."""

from __future__ import annotations

import smtplib
import ssl
from enum import StrEnum

from bot.domain.errors import Refused, SendError, Unavailable, Uncertain, Unreachable


class Step(StrEnum):
    """How far a message has come."""

    CONNECT = "connect"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"  #: from here on it may have arrived, whatever goes wrong


_TOO_LARGE = 552
_FOR_US = frozenset({530, 534, 535, 538})  #: the account, or the way to the server: RFC 4954 6
_DOWN = "The mail server, or the way to it, is down."
_LATER = "The mail server asks to try again later."
#: What somebody must mend, by step; told in the log.
ACCOUNT = "The mail server does not accept our account: check username and password in [email]."
CERTIFICATE = "The mail server's certificate cannot be trusted: check host in [email], and the certificate."
NO_TLS = "The mail server offers no TLS, so nothing is sent: check host and port in [email]."
SENDER = "The mail server does not let us send from this sender: check sender and username in [email]."
REMEDIES = frozenset({ACCOUNT, CERTIFICATE, NO_TLS, SENDER})


class Answered(Exception):
    """A step was answered with another code than hoped for."""

    def __init__(self, code: int) -> None:
        """Keep the code, and not what was said with it: it repeats addresses, and may repeat more."""
        super().__init__(code)
        self.code = code


def to_send_error(error: BaseException, step: Step) -> SendError:
    """Say in our words what went wrong at a step."""
    match error:
        case SendError():
            return error
        case Answered():
            return _answered(error.code, step)
        case smtplib.SMTPAuthenticationError():
            return Unavailable(_LATER if 400 <= error.smtp_code < 500 else ACCOUNT)
        case smtplib.SMTPResponseException():
            return _answered(error.smtp_code, step)
        case ssl.SSLCertVerificationError():
            return Unavailable(CERTIFICATE)
    if step is Step.CONTENT:
        return Uncertain("The mail server did not say whether it took the message; it may have arrived.")
    if step is Step.LOGIN:  # no way to log in there, or signs in the password that SMTP cannot carry
        return Unavailable(_DOWN if isinstance(error, OSError) and not _is_smtp(error) else ACCOUNT)
    return Unavailable(_DOWN)


def _is_smtp(error: OSError) -> bool:
    return isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected)


def _answered(code: int, step: Step) -> SendError:
    if code in _FOR_US:
        return Unavailable(ACCOUNT)
    if not 500 <= code < 600:
        return Unavailable(_LATER)
    if code == _TOO_LARGE and step in {Step.SENDER, Step.CONTENT}:
        return Refused("The mail server refused the message: it is too large.")
    match step:
        case Step.CONTENT:
            return Refused("The mail server refused the message.")
        case Step.RECIPIENT:
            return Unreachable("The mail server knows no such address, or takes nothing for it.")
        case Step.SENDER:
            return Unavailable(SENDER)
        case Step.LOGIN:
            return Unavailable(ACCOUNT)
    return Unavailable(_DOWN)
