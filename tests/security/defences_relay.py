"""The defences against words that go on to the wrong people. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

RELAY = (
    Defence(
        "words to the wrong people",
        "Nothing goes to an address of whoever wrote it",
        "bot/relay/relay.py",
        "kept = tuple(a for a in recipient.addresses if a not in own and ",
        "kept = tuple(a for a in recipient.addresses if ",
        ("test_relay.py::test_no_writer_gets_their_own_words_back_anywhere",),
    ),
    Defence(
        "words to the wrong people",
        "Nothing goes back into the group where it was written",
        "bot/relay/relay.py",
        "group = message.place if message is not None and not message.in_private else None",
        "group = None",
        ("test_relay.py::test_no_writer_gets_their_own_words_back_anywhere",),
    ),
    Defence(
        "words to the wrong people",
        "Only whoever wrote a message changes or deletes it",
        "bot/conversation/edits_and_deletions.py",
        "first.by == c.person.id\n    may_read = ",
        "first.by >= 0\n    may_read = ",
        ("test_relay.py::test_a_forged_change_of_somebody_elses_message_is_nothing",),
    ),
)
