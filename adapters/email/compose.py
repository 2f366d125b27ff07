"""Our messages as e-mails. Pure; what goes into a header is checked first."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP

from adapters.email.settings import EmailSettings
from bot.domain.errors import Refused
from bot.domain.mail_address import MAIL_ADDRESS
from bot.domain.messages import Delivery
from bot.language.texts import tr
from bot.ports.messengers import Enclosure

_NAME = "Urgent Case Bridge"
#: Without 8BITMIME: not every server on the way has it.
_POLICY = SMTP.clone(cte_type="7bit")
#: Urgency and reference where one of our texts begins; what stands between them is words and stays out of a header.
_LEAD = re.compile(r"(?:(U[1-4])\b[^\n·]{0,40}· )?([A-Z]{2}[0-9]{2}-[0-9A-Z]{5}-[0-9A-Z])(?![0-9A-Z-])", re.ASCII)
#: The id of a mail of ours; nothing else that is kept as one goes into a header.
_OWN_ID = re.compile(r"<[0-9a-f]{40}@[A-Za-z0-9.-]{1,253}>", re.ASCII)
_SIGNATURE = "-- "  #: RFC 3676 4.3: what stands below it is not the message


def to_email(
    delivery: Delivery, text: str, settings: EmailSettings, now: datetime, enclosed: Sequence[Enclosure] = ()
) -> EmailMessage:
    """Write one part of a message as an e-mail, with what goes with it; raises Refused when its address is none."""
    recipient = delivery.message.address.peer
    if not MAIL_ADDRESS.fullmatch(recipient):
        raise Refused("An e-mail address looks like duty@example.org.")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Mailbox(_NAME, addr_spec=settings.sender)
    mail["To"] = Mailbox(addr_spec=recipient)
    mail["Subject"] = subject(text)
    mail["Date"] = now
    mail["Message-ID"] = message_id(delivery, settings.domain)
    if before := _before(delivery, settings.domain):
        mail["In-Reply-To"] = before[-1]
        mail["References"] = " ".join(before)
    # Neither an absence note nor another program answers such a message: RFC 3834.
    mail["Auto-Submitted"] = "auto-generated"
    # Encoded even where it need not be, so that no server on the way changes a blank or the start of a line.
    body = f"{text}\n\n{_SIGNATURE}\n{signature(text, settings.public_url)}"
    mail.set_content(body, cte="quoted-printable" if body.isascii() else "base64")
    for each in enclosed:
        kind, _, subtype = each.media_type.partition("/")
        mail.add_attachment(each.content, maintype=kind, subtype=subtype, filename=each.name)
    return mail


def message_id(delivery: Delivery, domain: str) -> str:
    """Name a part of a message: the same whenever it is sent again, so that a repeat is known for one."""
    message = delivery.message
    return _id_of(f"{message.dedupe_key} {message.recipient} {message.address} {delivery.parts_done}", domain)


def _before(delivery: Delivery, domain: str) -> list[str]:
    """The ids that a mail follows: one for its case, which no mail has, and that of the mail which it answers."""
    message = delivery.message
    found = [_id_of(f"case:{message.case_id}", domain)] if message.case_id is not None else []
    return [*found, message.reply_to] if _OWN_ID.fullmatch(message.reply_to) else found


def subject(text: str) -> str:
    """Say urgency and reference where the text begins with them, and nothing else of it: subjects are read by many."""
    lead = _LEAD.match(text)
    return " · ".join(filter(None, lead.groups())) if lead else _NAME


def signature(text: str, public_url: str) -> str:
    """Say that nobody reads what is answered, and where something can be done instead."""
    lead = _LEAD.match(text)
    if lead and public_url:
        page = f"{public_url}/cases/{lead[2]}"
        return tr("en", "Please do not answer: nobody reads this mailbox. To act on the case: {page}", page=page)
    return tr("en", "Please do not answer: nobody reads this mailbox.")


def _id_of(name: str, domain: str) -> str:
    # Hashed: a name holds numbers of people and desks, which are no business of the mail servers on the way.
    hashed = hashlib.sha256(name.encode()).hexdigest()[:40]
    return f"<{hashed}@{domain}>"
