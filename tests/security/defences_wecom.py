"""The defences of what is sent to WeCom. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

WECOM = (
    Defence(
        "stored script",
        "Nothing in a text is markup at WeCom",
        "adapters/wecom/outgoing.py",
        'return _MARKUP.sub("[", text)',
        "return text",
        ("test_webhooks_wecom.py::test_no_text_becomes_a_link_or_calls_everybody_at_wecom",),
    ),
    Defence(
        "leaks",
        "A message at WeCom is for one member",
        "adapters/wecom/outgoing.py",
        "if not MEMBER.fullmatch(address.peer):",
        "if not address.messenger:",
        ("test_webhooks_wecom.py::test_a_message_at_wecom_is_for_one_member",),
    ),
)
