"""Every defence that the attacks of this suite meet, and how to take it out: one replacement of words in one file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defence:
    """A defence, and the tests that must turn red without it."""

    attack: str
    name: str  #: what stops the attack
    file: str
    stands: str  #: the words of the defence, once in the file
    undone: str  #: what they are replaced with
    red: tuple[str, ...]  #: ``test_file.py::test_name`` below tests/security


#: The attacks that the suite is for, in the order of the table. None may be without a defence in it.
ATTACKS = (
    "forged webhooks",
    "replayed messages",
    "stolen button data",
    "guessed references and timing",
    "cross-party reads",
    "words to the wrong people",
    "words of others",
    "people who are not enrolled",
    "display-name spoofing",
    "formulas",
    "XML and zip bombs, packed bodies",
    "path traversal",
    "header injection",
    "stored script",
    "forged forms",
    "session fixation and theft",
    "open redirect and Host",
    "forwarded headers",
    "log and terminal injection",
    "oversized everything",
    "fetched links",
    "SQL metacharacters",
    "leaks",
)

WEBHOOKS = (
    Defence(
        "forged webhooks",
        "Telegram's secret header, compared in constant time",
        "adapters/telegram/adapter.py",
        "return bool(secret) and hmac.compare_digest(secret, claimed)",
        "return bool(secret) or hmac.compare_digest(secret, claimed)",
        (
            "test_webhooks.py::test_a_forged_update_is_refused_and_leaves_no_trace",
            "test_webhooks.py::test_the_secret_inside_the_message_proves_nothing",
            "test_webhooks.py::test_while_polling_nobody_is_let_in_by_the_webhook",
        ),
    ),
    Defence(
        "replayed messages",
        "The messenger's number of a message decides, whatever else it says",
        "bot/domain/messages.py",
        "return (self.messenger, self.account, self.external_id)",
        "return (self.messenger, self.account, self.external_id + self.text + str(self.sender))",
        ("test_webhooks.py::test_a_replayed_update_is_taken_once_even_with_other_words_and_another_sender",),
    ),
    Defence(
        "replayed messages",
        "A form of a page has a number that counts once",
        "adapters/web/chat/chat_pages.py",
        'external_id = f"{visit.person.id}:{form_id}"',
        'external_id = f"{visit.person.id}:{form_id}:{text}"',
        ("test_forged_forms.py::test_a_form_sent_twice_counts_once",),
    ),
)

BUTTONS = (
    Defence(
        "stolen button data",
        "A tap is the tapping person's: a case that they may not see does not exist",
        "bot/acts/act_table.py",
        "    if case is None or c.person is None or not may_see(c.person, case, c.context.agreement):\n"
        "        c.say(c.context.no_such_case(c.language))\n        return\n    c.saw(case)",
        "    if case is None or c.person is None:\n"
        "        c.say(c.context.no_such_case(c.language))\n        return\n    c.saw(case)",
        ("test_stolen_buttons.py::test_buttons_do_nothing_in_the_same_moment_as_somebody_who_may_press_them",),
    ),
    Defence(
        "stolen button data",
        "Only the reporting officer answers the questions",
        "bot/conversation/taps.py",
        "if case is None or c.person is None or not _may_answer(c, case, choice):",
        "if case is None or c.person is None:",
        ("test_stolen_buttons.py::test_a_desk_cannot_press_the_buttons_of_the_officers_questions",),
    ),
    Defence(
        "stolen button data",
        "Each act has a right of its own",
        "bot/acts/request.py",
        "if not may(request.person, request.act, request.case, agreement, channel):",
        "if not request.person.is_active:",
        ("test_stolen_buttons.py::test_a_reporting_officer_cannot_press_the_buttons_of_a_desk",),
    ),
    Defence(
        "stolen button data",
        "A button of an earlier moment is stale",
        "bot/acts/act_table.py",
        "if promise.stage != case.stage and not request.act.rule.at_any_stage:",
        "if promise.stage < 0:",
        ("test_stolen_buttons.py::test_a_button_of_an_earlier_moment_changes_nothing",),
    ),
    Defence(
        "people who are not enrolled",
        "Whoever was cut off is nobody",
        "bot/conversation/respond.py",
        "is_known_person = person is not None and person.is_active",
        "is_known_person = person is not None",
        ("test_strangers.py::test_whoever_was_cut_off_is_answered_as_a_stranger_and_opens_nothing",),
    ),
    Defence(
        "stolen button data",
        "Only one's own side can be cut off",
        "bot/conversation/lost_phone.py",
        "if other is None or other.party != person.party or person.role is Role.OFFICER or not other.is_active:",
        "if other is None or not other.is_active:",
        ("test_stolen_buttons.py::test_nobody_cuts_off_a_person_of_another_side",),
    ),
)

STRANGERS = (
    Defence(
        "people who are not enrolled",
        "A file is taken from somebody with a session only",
        "adapters/web/site/site.py",
        "            return site.pages.wait(request, WINDOW)\n        person = await find_visitor(site, request, now)\n"
        "        if person is None:\n            return site.pages.signed_out(request)\n",
        "            return site.pages.wait(request, WINDOW)\n"
        "        person = next(iter((await site.storage.directory()).people.values()))\n"
        '        request.cookies.setdefault(cookie_name(site.settings), "x")\n',
        ("test_strangers.py::test_no_page_is_for_somebody_without_a_session",),
    ),
    Defence(
        "people who are not enrolled",
        "A page needs a session",
        "adapters/web/site/site.py",
        "        request.state.kept = typed(form)\n        person = await find_visitor(site, request, now)\n"
        "        if person is None:\n            return site.pages.signed_out(request)\n",
        "        person = await find_visitor(site, request, now)\n"
        "        if person is None:\n            everybody = (await site.storage.directory()).people\n"
        "            person = next(iter(everybody.values()))\n"
        '            request.cookies.setdefault(cookie_name(site.settings), "x")\n',
        ("test_strangers.py::test_no_page_is_for_somebody_without_a_session",),
    ),
    Defence(
        "people who are not enrolled",
        "In a group nobody is answered for them",
        "bot/people/strangers.py",
        "may_answer = stranger.answered < ANSWERS_A_DAY and (message.in_private or message.button)",
        "may_answer = stranger.answered < ANSWERS_A_DAY",
        ("test_strangers.py::test_a_group_hears_nothing_for_a_member_who_is_not_enrolled",),
    ),
    Defence(
        "people who are not enrolled",
        "Nothing of their words is kept",
        "bot/people/strangers.py",
        "    c.keep_content = False\n    message = c.message",
        "    c.keep_content = True\n    message = c.message",
        (
            "test_strangers.py::test_a_group_hears_nothing_for_a_member_who_is_not_enrolled",
            "test_webhooks.py::test_whoever_is_not_enrolled_leaves_no_words_by_polling_either",
        ),
    ),
    Defence(
        "display-name spoofing",
        "An address says who somebody is, a name never",
        "bot/conversation/respond.py",
        "    person = view.directory.at(message.sender)\n    is_known_person",
        "    people = view.directory.people.values()\n"
        "    named = next((p for p in people if p.name == message.sender_name), None)\n"
        "    person = named or view.directory.at(message.sender)\n    is_known_person",
        (
            "test_strangers.py::test_a_display_name_makes_nobody_of_anybody",
            "test_strangers.py::test_an_enrolled_officer_under_a_supervisors_name_stays_an_officer",
        ),
    ),
)
