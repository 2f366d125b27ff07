"""The defences of e-mail: what goes into a header, and to whom. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

MAIL = (
    Defence(
        "header injection",
        "An e-mail goes to one plain address",
        "adapters/email/compose.py",
        "if not MAIL_ADDRESS.fullmatch(recipient):",
        "if not recipient:",
        ("test_mail_headers.py::test_no_address_holds_a_second_one_or_a_command",),
    ),
    Defence(
        "header injection",
        "It comes from one plain address",
        "bot/config/messengers.py",
        "if not MAIL_ADDRESS.fullmatch(email.sender):",
        "if not email.sender:",
        ("test_mail_headers.py::test_no_sender_of_the_configuration_does_either",),
    ),
    Defence(
        "header injection",
        "A subject is made of urgency and reference, not of words",
        "adapters/email/compose.py",
        'return " · ".join(filter(None, lead.groups())) if lead else _NAME',
        'return text.partition("\\n")[0] or _NAME',
        (
            "test_mail_headers.py::test_no_word_of_a_text_becomes_a_header_or_a_command",
            "test_mail_headers.py::test_nothing_internal_stands_in_a_header",
        ),
    ),
    Defence(
        "header injection",
        "It follows mails of ours only, by ids of our making",
        "adapters/email/compose.py",
        "if _OWN_ID.fullmatch(message.reply_to) else found",
        "if message.reply_to else found",
        (
            "test_mail_headers.py::test_no_word_of_a_text_becomes_a_header_or_a_command",
            "test_mail_headers.py::test_nothing_internal_stands_in_a_header",
        ),
    ),
    Defence(
        "leaks",
        "The ids of e-mails are hashed",
        "adapters/email/compose.py",
        "hashlib.sha256(name.encode()).hexdigest()[:40]",
        'name.encode().decode().translate(str.maketrans(": ", ".."))',
        ("test_mail_headers.py::test_nothing_internal_stands_in_a_header",),
    ),
)
