"""The defences of WeChat and WeCom: their calls, their XML, their links. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

_TESTS = "test_webhooks_wechat.py::"

TENCENT = (
    Defence(
        "forged webhooks",
        "WeChat's and WeCom's signature over the ciphertext, compared in constant time",
        "adapters/tencent/callback.py",
        "is_ours = hmac.compare_digest(ours, signed.signature.encode())",
        "is_ours = bool(ours)",
        (f"{_TESTS}test_a_forged_call_is_refused_and_leaves_no_trace",),
    ),
    Defence(
        "forged webhooks",
        "An encrypted message ends with the account that it is for",
        "adapters/tencent/callback.py",
        "if len(text) != length or not hmac.compare_digest(receiver, receiver_id.encode()):",
        "if len(text) != length:",
        (f"{_TESTS}test_whoever_knows_the_token_but_not_the_key_or_the_account_gets_nowhere",),
    ),
    Defence(
        "forged webhooks",
        "Nothing in the clear is taken",
        "adapters/wechat/door.py",
        "        if self._settings.requires_encryption:\n            raise",
        "        if not self._settings.token:\n            raise",
        (f"{_TESTS}test_a_message_in_the_clear_is_refused_also_beside_an_encrypted_one",),
    ),
    Defence(
        "forged webhooks",
        "Nor what is in the clear besides",
        "adapters/wechat/door.py",
        'if "MsgType" in outside and self._settings.requires_encryption:',
        'if "MsgType" in outside and not self._settings.token:',
        (f"{_TESTS}test_a_message_in_the_clear_is_refused_also_beside_an_encrypted_one",),
    ),
    Defence(
        "replayed messages",
        "A call was signed a moment ago",
        "adapters/tencent/callback.py",
        "if not any(_is_recent(signed.timestamp, clock) for clock in clocks):",
        "if not signed.timestamp:",
        (f"{_TESTS}test_an_old_call_is_refused_even_though_it_was_signed",),
    ),
    Defence(
        "stolen button data",
        "A text makes no link that speaks for whoever taps it",
        "adapters/wechat/outgoing.py",
        'return _LINK.sub("(", text)',
        "return text",
        (f"{_TESTS}test_what_people_write_becomes_no_link_that_speaks_for_whoever_taps_it",),
    ),
    Defence(
        "XML and zip bombs, packed bodies",
        "XML with a document type is not read",
        "adapters/tencent/xml.py",
        "parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse",
        "parser.EndDoctypeDeclHandler = None",
        (f"{_TESTS}test_a_signed_bomb_is_kept_as_it_came_and_opened_by_nobody",),
    ),
    Defence(
        "fetched links",
        "A video is fetched from WeChat's own places",
        "adapters/wechat/files.py",
        'if not (found.hostname or "").endswith(_VIDEOS) or found.netloc != found.hostname:',
        "if not found.netloc:",
        (f"{_TESTS}test_a_video_is_fetched_from_wechat_only_whatever_it_is_said_to_be_at",),
    ),
)
