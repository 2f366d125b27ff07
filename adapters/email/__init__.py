"""E-mail, by SMTP and one way only: desks are told, nobody is read."""

from adapters.email.adapter import EmailAdapter
from adapters.email.settings import EmailSettings, Security, security_of

__all__ = ["EmailAdapter", "EmailSettings", "Security", "security_of"]
