"""E-mail, by SMTP and one way only: desks are told, nobody is read.

The only home of `smtplib`; no mail is read or parsed here. Begin with `adapter`, then `errand`: one mail on its way.
"""

from adapters.email.adapter import EmailAdapter
from adapters.email.settings import EmailSettings, Security, security_of

__all__ = ["EmailAdapter", "EmailSettings", "Security", "security_of"]
