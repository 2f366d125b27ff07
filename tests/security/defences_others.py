"""The defences against words of others, who did not send them to us. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

OTHERS = (
    Defence(
        "words of others",
        "What is forwarded is no command",
        "bot/domain/typed_commands.py",
        "is_said_by_them = not message.origin and message.kind not in",
        "is_said_by_them = message.kind not in",
        ("test_words_of_others.py::test_a_forwarded_code_enrols_nobody",),
    ),
    Defence(
        "words of others",
        "Forwarded words are kept as words, whatever they say",
        "bot/conversation/respond.py",
        "elif message.origin or message.kind in _OF_ITS_OWN or",
        "elif message.kind in _OF_ITS_OWN or",
        ("test_words_of_others.py::test_forwarded_words_answer_no_question",),
    ),
    Defence(
        "words of others",
        "A command with another bot's name is none of ours",
        "bot/domain/typed_commands.py",
        "(/?)([a-z?-]+)(?![a-z?@-])[",
        "(/?)([a-z?-]+)(?:@\\w+)?[",
        ("test_words_of_others.py::test_a_caption_for_another_bot_closes_nothing",),
    ),
    Defence(
        "words of others",
        "Who said it first goes to the secure case",
        "bot/conversation/forwarded.py",
        "if Mode(c.context.identity) is Mode.ALLOWED:",
        "if Mode(c.context.identity) is not Mode.ALLOWED:",
        ("test_words_of_others.py::test_who_said_first_what_is_forwarded_is_in_the_secure_case_only",),
    ),
    Defence(
        "words of others",
        "A contact goes to the secure case",
        "bot/intake/pieces.py",
        "found.append(Piece(TextKind.CONTACT, message.text, c.came_as))",
        "found.append(Piece(TextKind.TEXT, message.text, c.came_as))",
        ("test_words_of_others.py::test_a_contact_card_is_in_the_secure_case_only",),
    ),
    Defence(
        "words of others",
        "What is not shaped like a code is no guess",
        "bot/people/strangers.py",
        'command.name == "start" and is_code(command.rest):',
        'command.name == "start" and command.rest:',
        ("test_words_of_others.py::test_a_posters_code_locks_no_stranger_out",),
    ),
    Defence(
        "words of others",
        "Whoever writes as a group is answered where a desk reads it only",
        "bot/conversation/nameless.py",
        "if not is_meant or not _is_desks(c, message.place):",
        "if not is_meant:",
        ("test_words_of_others.py::test_whoever_writes_as_a_group_does_nothing_and_is_answered_in_a_desks_group_only",),
    ),
)
