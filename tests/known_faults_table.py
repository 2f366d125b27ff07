"""The rows of KNOWN_FAULTS.md: each fault with the defences against it, their tests, and what those said without."""

from __future__ import annotations

from tests.known_faults import Taken

_CODE = (
    Taken(
        "a webhook accepted unsigned",
        "Telegram's secret header",
        "adapters/telegram/adapter.py",
        "return bool(secret) and hmac.compare_digest(secret, claimed)",
        "return True",
        ("security/test_webhooks.py::test_a_forged_update_is_refused_and_leaves_no_trace",),
        ("assert 200 == 401",),
    ),
    Taken(
        "a webhook accepted unsigned",
        "the signature of WeChat's and WeCom's calls",
        "adapters/tencent/callback.py",
        "        if not is_ours:\n",
        "        if not is_ours and not signed.signature:\n",
        (
            "adapters/tencent/test_tencent_callback.py::test_a_forged_address_is_refused",
            "adapters/wecom/test_wecom_webhook.py::test_whoever_has_not_our_token_key_and_company_is_not_believed",
        ),
        (
            "Failed: DID NOT RAISE CallRefused",
            "assert {'another tok...go': 401, ...} == {'another tok...go': 401, ...}",
        ),
    ),
    Taken(
        "no dedupe of redeliveries",
        "the messenger's own id of a message decides",
        "bot/domain/messages.py",
        "return (self.messenger, self.account, self.external_id)",
        "return (self.messenger, self.account, self.external_id + __import__('secrets').token_hex())",
        (
            "journeys/test_desk.py::test_a_redelivered_tap_acts_once",
            "journeys/test_files.py::test_a_photo_that_is_delivered_twice_is_kept_once",
        ),
        (
            "wechat:duty should not have been told:",
            "assert 2 == 1",
        ),
    ),
    Taken(
        "no dedupe of redeliveries",
        "the unique constraint decides, whatever two nodes believe",
        "storage/sql/apply.py",
        "for key, inbox_id in keys]) != len(keys):\n        raise AlreadySeen(_seen_before(writing, batch))",
        "for key, inbox_id in keys]) < 0:\n        raise AlreadySeen(_seen_before(writing, batch))",
        ("contracts/test_storage_turns.py::test_the_same_message_twice_is_refused_and_changes_nothing",),
        ("Failed: DID NOT RAISE AlreadySeen",),
    ),
    Taken(
        "enrolment codes that never expire",
        "a code is alive until its moment only",
        "bot/people/address_binding.py",
        "invite.used_at is None and invite.expires_at > c.now and is_theirs",
        "invite.used_at is None and is_theirs",
        ("journeys/test_people.py::test_an_expired_invite_enrols_nobody",),
        ("telegram:stranger was not told 'not valid'. Unread there:",),
    ),
    Taken(
        "anyone in the group may close, the actor is a display name",
        "the person acts, and each act has a right of its own",
        "bot/acts/request.py",
        "if not may(request.person, request.act, request.case, agreement, channel):",
        "if not request.person.is_active:",
        ("journeys/test_known_faults.py::test_in_a_group_nobody_closes_a_case_but_people_of_the_desk",),
        ("assert False",),
    ),
    Taken(
        "anyone in the group may close, the actor is a display name",
        "an address says who somebody is, a name never",
        "bot/conversation/respond.py",
        "    person = view.directory.at(message.sender)\n    is_known_person",
        "    people = view.directory.people.values()\n"
        "    named = next((p for p in people if p.name == message.sender_name), None)\n"
        "    person = named or view.directory.at(message.sender)\n    is_known_person",
        ("journeys/test_known_faults.py::test_in_a_group_nobody_closes_a_case_but_people_of_the_desk",),
        ("assert False",),
    ),
    Taken(
        'errcode ignored, so "sent" lies',
        "a 200 with an error code is a failure",
        "adapters/tencent/client.py",
        "        if code:\n            raise self._meaning",
        "        if code < -1:\n            raise self._meaning",
        (
            "adapters/tencent/test_tencent_client.py::test_a_200_with_an_error_code_is_a_failure_of_the_kind_that_the_table_says",
            "adapters/wechat/test_wechat_send.py::test_windows_and_their_counts_are_wechats",
            "adapters/wecom/test_wecom_send.py::test_each_error_code_has_its_meaning",
        ),
        (
            "Failed: DID NOT RAISE Throttled",
            "Failed: DID NOT RAISE WindowClosed",
            "Failed: DID NOT RAISE SendError",
        ),
    ),
    Taken(
        "CreateTime read as milliseconds",
        "WeChat's moments are seconds",
        "adapters/wechat/parse.py",
        "    ago = now.timestamp() - created\n    return datetime.fromtimestamp(created, UTC) if",
        "    ago = now.timestamp() - created\n    return datetime.fromtimestamp(created / 1000, UTC) if",
        ("adapters/wechat/test_wechat_parse.py::test_the_moment_of_a_message_is_when_it_was_written_in_seconds",),
        ("assert datetime.datetime(1970, 1, 21, 18, 42, 14, 400000",),
    ),
    Taken(
        "text sent again when an attachment fails",
        "parts that arrived are counted, and only the rest is tried again",
        "bot/delivery/sending.py",
        "for number in range(first, len(parts)):",
        "for number in range(len(parts)):",
        (
            "unit/delivery/test_deliverer.py::test_when_a_file_does_not_go_the_text_before_it_is_not_sent_again",
            "unit/delivery/test_deliverer.py::test_parts_that_arrived_are_not_sent_again",
        ),
        (
            "At index 1 diff: 'here is the log of' != 'the year'",
            "At index 1 diff: 'one two three four' != 'five six seven'",
        ),
    ),
    Taken(
        "edits overwrite the evidence",
        "an edit is a text of its own that names the first one",
        "bot/conversation/edits_and_deletions.py",
        "        amends=first.id,",
        "        amends=None,",
        ("journeys/test_reporting.py::test_an_edited_message_is_kept_beside_the_first_version",),
        ("At index 2 diff: None != ",),
    ),
    Taken(
        "edits overwrite the evidence",
        "a changed answer is a further row",
        "storage/sql/apply.py",
        "    writing.run(sql.add_answers, [answer_row(writing.vault, answer) for answer in batch.answers])\n",
        "    newest = {(answer.case_id, answer.field): answer for answer in batch.answers}\n"
        "    for case_id, field in newest:\n"
        "        same = (T['answers'].c.case_id == case_id) & (T['answers'].c.field == field)\n"
        "        writing.connection.execute(T['answers'].delete().where(same))\n"
        "    writing.run(sql.add_answers, [answer_row(writing.vault, answer) for answer in newest.values()])\n",
        (
            "journeys/test_reporting.py::test_an_edited_answer_changes_the_answer_and_the_urgency_and_the_first_one_stays",
            "contracts/test_storage_turns.py::test_answers_are_never_overwritten",
        ),
        (
            "assert ['12_17'] == ['18_or_over', '12_17']",
            "assert [16] == [15, 16]",
        ),
    ),
    Taken(
        "photos silently downscaled",
        "of the sizes that Telegram has the largest is taken",
        "adapters/telegram/parse.py",
        'max(message["photo"], key=lambda size: size["width"] * size["height"])',
        'message["photo"][0]',
        ("adapters/telegram/test_telegram_parse.py::test_of_a_photo_the_largest_size_is_kept_with_its_caption",),
        ("Attachment(fi...peg', size=90) == Attachment(fi...g', size=1280)",),
    ),
    Taken(
        "photos silently downscaled",
        "what was fetched is kept byte for byte, under its hash",
        "bot/jobs/file_fetcher.py",
        "await self._files.put(content)",
        "await self._files.put(content[: len(content) // 2])",
        ("journeys/test_files.py::test_a_photo_is_fetched_after_the_commit_and_kept_by_its_hash",),
        ("assert (<FileState.S...age/jpeg', 26) == (<FileState.S...age/jpeg', 26)",),
    ),
)
_PEOPLE = (
    Taken(
        "a reply goes to the last known recipient",
        "a note goes to the people of the case that it names",
        "bot/relay/relay.py",
        "for r in _people_of(case, agreement, directory))",
        "for r in _people_of(replace(case, officer=max(p.id for p in directory.people.values()\n"
        "        if p.role is Role.OFFICER and p.party == case.reporting)), agreement, directory))",
        ("journeys/test_known_faults.py::test_a_note_goes_to_the_people_of_its_case_and_not_to_whoever_wrote_last",),
        ("telegram:officer was not told 'KC26-M9S34-4' and 'patrol sent to the flat'.",),
    ),
    Taken(
        "a reply goes to a same-named person",
        "a name that two have means neither of them",
        "bot/acts/desk.py",
        "    if len(matches) != 1:\n",
        "    if not matches:\n",
        ("journeys/test_known_faults.py::test_of_two_people_with_one_name_neither_is_meant_until_a_number_says_which",),
        ("wechat:duty was not told 'To whom?'.",),
    ),
    Taken(
        "a sequence number by max+1",
        "a reference is drawn, and the constraint refuses one that is taken",
        "storage/sql/apply.py",
        'writing.run_all(sql.add_cases, [case_row(case) for case in new], "The reference is taken.")',
        "writing.run(sql.add_cases, [case_row(case) for case in new])",
        ("contracts/test_storage_turns.py::test_a_reference_that_is_taken_is_stale_so_that_it_is_drawn_again",),
        ("A row does not fit",),
    ),
    Taken(
        "a sequence number by max+1",
        "the place in the record is taken while its head is held",
        "storage/sql/engines.py",
        'return _sqlite(url, "BEGIN IMMEDIATE", limits, "secure_delete=ON")',
        'return _sqlite(url, "BEGIN", limits, "secure_delete=ON")',
        ("contracts/test_storage_journal.py::test_two_nodes_write_one_chain",),
        ("Another program has locked the database",),
    ),
    Taken(
        "a case silently without a clock when a side store is down",
        "the deadlines are in the transaction of their case",
        "storage/sql/apply.py",
        "    _write_deadlines(writing, [step.last for step in steps], bases)\n",
        "    try:\n        _write_deadlines(writing, [step.last for step in steps], bases)\n"
        "    except Exception:  # noqa: BLE001\n        pass\n",
        (
            "faults/test_storage_faults.py"
            "::test_a_case_whose_clock_record_or_messages_cannot_be_stored_is_not_stored_either",
        ),
        ("Failed: DID NOT RAISE StorageError",),
    ),
    Taken(
        "reminders from memory at a fixed hour: a missed tick is a missed reminder",
        "a deadline is a row that stays due until it is done",
        "storage/sql/claims.py",
        "_DEADLINES.next_at <= _NOW",
        "_DEADLINES.next_at == _NOW",
        ("journeys/test_clock.py::test_what_fell_due_while_the_bridge_was_down_fires_once_at_once_and_is_marked_late",),
        ("wechat:duty was not told 'ping 1' and '(32 min late)'.",),
    ),
    Taken(
        "an export silently capped at 6000 rows",
        "all cases are streamed",
        "bot/record/export/case_log.py",
        "        async for cases in chunks:\n            wished =",
        "        async for cases in chunks:\n            if written >= 6000:\n                return written\n"
        "            wished =",
        ("unit/record/test_case_log.py::test_of_more_cases_than_other_bridges_export_none_is_left_out",),
        ("assert 6000 == 6001",),
    ),
    Taken(
        "an export silently capped at 6000 rows",
        "what is written is compared with the storage's own count",
        "bot/record/export/case_log.py",
        "    if not before <= read <= after:\n",
        "    if read > after:\n",
        ("unit/record/test_case_log.py::test_a_case_lost_on_the_way_fails_the_export_loudly",),
        ("Failed: DID NOT RAISE BridgeError",),
    ),
    Taken(
        '"yes in 2 hours" stored as "yes"',
        "a choice is the whole text or none",
        "bot/intake/reading/choice.py",
        "return next((c for c in field.choices if typed in _names(c, language) or typed in _also(c)), None)\n\n\n"
        "def _by_beginning",
        "return next((c for c in field.choices if typed.startswith((*_names(c, language), *_also(c)))), None)\n\n\n"
        "def _by_beginning",
        ("unit/intake/test_answer_reader.py::test_what_only_looks_like_an_answer_is_asked_again",),
        ("isinstance(Read(value='yes', shown='Yes'), Unclear)",),
    ),
    Taken(
        "paging goes on after acknowledgment",
        "an acknowledgment meets its deadline",
        "bot/clock/deadlines.py",
        "    return _settle(case, _all_running(case, kind, channel, party), DeadlineState.MET, now)\n",
        "    return case\n",
        ("journeys/test_known_faults.py::test_once_acknowledged_nobody_is_paged_about_it_any_more",),
        ("assert not ['U1 immediate",),
    ),
    Taken(
        "paging goes on after acknowledgment",
        "a ping that waited is looked at again before it goes",
        "bot/delivery/recheck.py",
        '        return found.get(row.id, "")\n',
        '        return ""\n',
        (
            "unit/delivery/test_deliverer.py::test_a_ping_about_a_deadline_met_meanwhile_is_dropped_with_the_reason",
            "journeys/test_delivery.py::test_a_ping_about_a_deadline_met_meanwhile_is_not_sent_late",
        ),
        (
            "At index 0 diff: <DeliveryState.SENT: 'sent'> != <DeliveryState.DROPPED: 'dropped'>",
            "wechat:duty should not have been told:",
        ),
    ),
    Taken(
        "paging never resumes after a forgotten acknowledgment",
        "unanswered, the acknowledgment lapses and the ladder starts again",
        "bot/clock/when_due.py",
        "    case = c.put(deadlines.lapsed(case, c.now, c.context.new_id))\n",
        "    case = c.put(case)\n",
        (
            "journeys/test_clock.py"
            "::test_unanswered_the_review_lets_the_acknowledgment_lapse_and_the_ladder_starts_again",
        ),
        ("assert datetime.datetime(2026, 4, 18, 7, 15, tzinfo=datetime.timezone.utc) is None",),
    ),
)
ROWS = (*_CODE, *_PEOPLE)
