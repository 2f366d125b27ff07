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
        "bot/messages.py",
        "return (self.messenger, self.account, self.external_id)",
        "return (self.messenger, self.account, self.external_id + self.text + str(self.sender))",
        ("test_webhooks.py::test_a_replayed_update_is_taken_once_even_with_other_words_and_another_sender",),
    ),
    Defence(
        "replayed messages",
        "A form of a page has a number that counts once",
        "adapters/web/chat.py",
        'external_id = f"{visit.person.id}:{form_id}"',
        'external_id = f"{visit.person.id}:{form_id}:{text}"',
        ("test_forged_forms.py::test_a_form_sent_twice_counts_once",),
    ),
)

BUTTONS = (
    Defence(
        "stolen button data",
        "A tap is the tapping person's: a case that they may not see does not exist",
        "bot/acts/__init__.py",
        "    if case is None or c.person is None or not may_see(c.person, case, c.context.agreement):\n"
        '        c.say(tr(c.language, "No such case."))\n        return\n    c.saw(case)',
        '    if case is None or c.person is None:\n        c.say(tr(c.language, "No such case."))\n'
        "        return\n    c.saw(case)",
        ("test_stolen_buttons.py::test_buttons_do_nothing_in_the_same_moment_as_somebody_who_may_press_them",),
    ),
    Defence(
        "stolen button data",
        "Only the reporting officer answers the questions",
        "bot/respond.py",
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
        "bot/acts/__init__.py",
        "if promise.stage != case.stage and request.act not in _ANY_STAGE:",
        "if promise.stage < 0:",
        ("test_stolen_buttons.py::test_a_button_of_an_earlier_moment_changes_nothing",),
    ),
    Defence(
        "people who are not enrolled",
        "Whoever was cut off is nobody",
        "bot/respond.py",
        "is_known_person = person is not None and person.is_active",
        "is_known_person = person is not None",
        ("test_strangers.py::test_whoever_was_cut_off_is_answered_as_a_stranger_and_opens_nothing",),
    ),
    Defence(
        "stolen button data",
        "Only one's own side can be cut off",
        "bot/menu.py",
        "if other is None or other.party != person.party or person.role is Role.OFFICER or not other.is_active:",
        "if other is None or not other.is_active:",
        ("test_stolen_buttons.py::test_nobody_cuts_off_a_person_of_another_side",),
    ),
)

READING = (
    Defence(
        "guessed references and timing",
        "Nothing is read of a case that somebody names but within their scope",
        "bot/respond.py",
        "named=tuple((case, scope) for case in cases),",
        "cases=tuple(c for c in cases if isinstance(c, int)),\n"
        "        references=tuple(c for c in cases if isinstance(c, str)),",
        ("test_cross_party.py::test_no_command_tells_an_outsider_whether_a_case_exists",),
    ),
    Defence(
        "guessed references and timing",
        "A reference whose check character is wrong is not looked up",
        "bot/reference.py",
        "if not _BODY.fullmatch(letters[:-1]) or letters[-1] != _check_character(letters[:-1]):",
        "if not _BODY.fullmatch(letters[:-1]):",
        ("test_cross_party.py::test_a_near_miss_is_not_looked_up_and_names_only_ones_own_cases",),
    ),
    Defence(
        "guessed references and timing",
        "A page asks the storage within the reader's scope",
        "bot/rights.py",
        "sees_party=person.role is Role.SUPERVISOR or (is_desk and _desk_role(person, agreement) in _FOLLOWS_ALL),",
        "sees_party=True,",
        (
            "test_cross_party.py::test_no_page_tells_an_outsider_whether_a_case_exists",
            "test_cross_party.py::test_no_form_of_a_page_acts_on_a_case_that_does_not_exist_for_its_sender",
        ),
    ),
    Defence(
        "cross-party reads",
        "A case exists for its two sides only",
        "bot/rights.py",
        "if not person.party or person.party not in (case.reporting, case.requested):",
        "if not person.party:",
        ("test_cross_party.py::test_no_command_reads_across_from_within_a_group_of_the_other_side",),
    ),
    Defence(
        "cross-party reads",
        "The database looks within the scope of who asks",
        "storage/sql/load.py",
        "is_side = or_(cases.reporting == scope.party, cases.requested == scope.party)",
        "is_side = cases.id > 0",
        ("test_queries.py::test_metacharacters_find_and_change_nothing",),
    ),
    Defence(
        "cross-party reads",
        "A memo stays with its side",
        "bot/redaction.py",
        'Matter.MEMO:      ("",      "",      "",      "",      "A",     "AO", ',
        'Matter.MEMO:      ("",      "",      "",      "",      "A",     "AOT",',
        ("test_cross_party.py::test_a_memo_stays_with_its_side_on_every_page_and_messenger",),
    ),
    Defence(
        "cross-party reads",
        "Exact places are kept in the secure case, not among the texts",
        "bot/opening.py",
        "c.keep_secure(case, SecureField.EXACT_LOCATION, Guarded(piece.text), message=piece.message)",
        "c.keep_text(case, TextKind.TEXT, piece.text)",
        (
            "test_cross_party.py::test_exact_coordinates_are_in_the_secure_case_only",
            "test_leaks.py::test_each_secret_is_found_in_the_places_of_its_row_and_nowhere_else",
        ),
    ),
    Defence(
        "cross-party reads",
        "While the border is closed the other side has no secure case",
        "bot/securing.py",
        "if person.party != case.reporting and not border_is_open(case, agreement):",
        "if person.party != case.reporting and not case.requested:",
        ("test_cross_party.py::test_exact_coordinates_stay_with_the_reporting_side_while_the_border_is_closed",),
    ),
    Defence(
        "cross-party reads",
        "The secure case is for duty desks and whoever was given the case",
        "bot/securing.py",
        "return person.id == case.officer or _reads_all(person, case, agreement)",
        "return True",
        ("test_cross_party.py::test_the_secure_case_is_nothing_to_a_secretariat_an_admin_or_another_officer",),
    ),
    Defence(
        "cross-party reads",
        "A file is handed out to whom it is for",
        "adapters/web/files.py",
        "readable = (f for f in stored if may_read_file(f, case, reader, site.agreement))",
        "readable = (f for f in stored if reader)",
        ("test_leaks.py::test_each_secret_is_found_in_the_places_of_its_row_and_nowhere_else",),
    ),
    Defence(
        "cross-party reads",
        "An order for names is decided by a second person of its side",
        "bot/orders.py",
        "return person.is_active and person.party == party and person.role in _DECIDES and person.id != asker",
        "return person.is_active and bool(party) and bool(asker)",
        ("test_strangers.py::test_an_order_for_names_is_decided_by_nobody_but_a_second_person_of_its_side",),
    ),
    Defence(
        "guessed references and timing",
        "Whoever guesses waits",
        "adapters/web/cases.py",
        "if misses > guarding.MISSES:",
        "if misses < 0:",
        ("test_cross_party.py::test_whoever_guesses_waits_as_long_for_a_case_that_exists_as_for_none",),
    ),
    Defence(
        "guessed references and timing",
        "On a messenger too",
        "bot/acts/finding.py",
        "c.say(lead, not_before=guarding.answer_to_miss(c))",
        "c.say(lead)",
        ("test_cross_party.py::test_whoever_guesses_waits_as_long_for_a_case_that_exists_as_for_none",),
    ),
    Defence(
        "cross-party reads",
        "An export holds the admin's side only",
        "bot/exporting.py",
        "parties=(person.party,) if person else (),",
        "parties=(),",
        ("test_cross_party.py::test_an_admin_of_another_side_exports_nothing_of_it",),
    ),
    Defence(
        "cross-party reads",
        "A download is the admin's own, or of their side",
        "adapters/web/exports.py",
        "return parties == [person.party] or is_theirs",
        "return parties is not None or is_theirs",
        ("test_cross_party.py::test_an_admin_of_another_side_downloads_nothing_of_it",),
    ),
    Defence(
        "cross-party reads",
        "Exports are for admins",
        "adapters/web/exports.py",
        "    if visit.person.role is not Role.ADMIN:\n",
        "    if not visit.person.is_active:\n",
        ("test_strangers.py::test_what_is_for_admins_is_not_there_for_others",),
    ),
    Defence(
        "cross-party reads",
        "Who only decides orders sees no export",
        "adapters/web/exports.py",
        "    if visit.person.role is Role.ADMIN:\n",
        "    if visit.person.is_active:\n",
        ("test_strangers.py::test_what_is_for_admins_is_not_there_for_others",),
    ),
)

STRANGERS = (
    Defence(
        "people who are not enrolled",
        "A file is taken from somebody with a session only",
        "adapters/web/site.py",
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
        "adapters/web/site.py",
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
        "bot/enrol.py",
        "may_answer = stranger.answered < ANSWERS_A_DAY and (message.in_private or message.button)",
        "may_answer = stranger.answered < ANSWERS_A_DAY",
        ("test_strangers.py::test_a_group_hears_nothing_for_a_member_who_is_not_enrolled",),
    ),
    Defence(
        "people who are not enrolled",
        "Nothing of their words is kept",
        "bot/enrol.py",
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
        "bot/respond.py",
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
