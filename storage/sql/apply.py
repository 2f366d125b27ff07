"""How the databases write a batch: one transaction, one statement a table, always in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

from sqlalchemy import Connection, select

from bot.domain.case import Case, Deadline, Handoff
from bot.domain.errors import AlreadySeen, StorageError
from bot.domain.frozen import replace
from bot.domain.joint_operation import Plan
from bot.domain.journal import Entry, Link, link
from bot.domain.referral import Referral
from bot.domain.verify_journal import GENESIS
from bot.protection.sealing import Vault
from storage.batch import (
    CUT_OFF,
    UNBOUND,
    Batch,
    outcome_of_retry,
    signed_in_at,
)
from storage.rows.cases import (
    RowDict,
    answer_row,
    case_row,
    deadline_row,
    handoff_row,
    index_rows,
    secure_row,
    text_row,
)
from storage.rows.conversations import conversation_row
from storage.rows.english import english_row, translation_row
from storage.rows.files import file_row
from storage.rows.joint_work import plan_row, referral_row
from storage.rows.journal import link_row, secret_of
from storage.rows.matching import match_row
from storage.rows.messages import inbox_outcome, inbox_row, seen_key
from storage.rows.messenger_state import asked_row, knock_row, waking_row, window_row
from storage.rows.people import (
    binding_rows,
    handoff_link_row,
    invite_row,
    order_row,
    person_row,
    sign_in_row,
    stranger_row,
)
from storage.rows.policies import policies_row
from storage.rows.roster import hand_over_row, shift_row
from storage.sql.leaving import addresses_of, write_anew, write_to_no_more, write_withdrawals
from storage.sql.outbox_writes import write_outbox
from storage.sql.rings import write_rings
from storage.sql.statements import Statements, T
from storage.sql.whole_cases import cases_by_id
from storage.sql.writing import Writing

P = TypeVar("P", Deadline, Handoff, Referral, Plan)


def write(writing: Writing, batch: Batch) -> frozenset[int]:
    """Write a whole batch and return the ids of outbox rows that are not its writer's to send.

    Rows that other nodes may want too are touched in the order of their keys. What all want, the heads of the chains,
    comes last: held while the entries are linked and committed, and no longer.
    """
    _write_messages(writing, batch)
    _write_people(writing, batch)
    _write_cases(writing, batch)
    _write_matches(writing, batch)
    _write_conversations(writing, batch)
    owners = sorted(batch.ends_sessions_of)
    writing.run(writing.statements.drop_outbox, [{"to": f"person:{owner}"} for owner in owners])
    if owners:
        write_to_no_more(writing.connection, writing.vault, addresses_of(writing.connection, owners), CUT_OFF)
    write_to_no_more(writing.connection, writing.vault, batch.unbound, UNBOUND)
    write_withdrawals(writing.connection, writing.vault, batch.withdrawals)
    write_anew(writing.connection, writing.vault, batch.said_anew.values())
    left_out = write_outbox(writing, batch)
    _write_windows(writing, batch)
    ended = [{"person_id": owner} for owner in sorted({*owners, *signed_in_at(batch.unbound)})]
    writing.run(writing.statements.end_sign_ins, ended)
    writing.run(writing.statements.end_sessions, ended)
    writing.run(writing.statements.end_pushes, ended)
    writing.run(writing.statements.end_handoff_links, ended)
    writing.run(writing.statements.use_handoff_links, [{"of_hash": used} for used in sorted(batch.used_links)])
    writing.run(writing.statements.add_sign_ins, [sign_in_row(link) for link in batch.sign_ins])
    writing.run(writing.statements.add_handoff_links, [handoff_link_row(link) for link in batch.handoff_links])
    _write_journal(writing, batch.journal)
    return left_out


def _write_messages(writing: Writing, batch: Batch) -> None:
    sql = writing.statements
    keys = sorted((seen_key(row.message.key), row.id) for row in batch.inbox)
    if writing.run(sql.see, [{"key": key, "inbox_id": inbox_id} for key, inbox_id in keys]) != len(keys):
        raise AlreadySeen(_seen_before(writing, batch))
    writing.run(sql.add_inbox, [inbox_row(writing.vault, row) for row in batch.inbox])
    if batch.retried:
        _write_retried(writing, batch)


def _seen_before(writing: Writing, batch: Batch) -> list[tuple[str, str, str]]:
    seen = T["seen"].c
    mine = {seen_key(row.message.key): row.id for row in reversed(batch.inbox)}
    query = select(seen.key, seen.inbox_id).where(seen.key.in_(list(mine)))
    stored = {bytes(key): inbox_id for key, inbox_id in writing.connection.execute(query)}
    return [row.message.key for row in batch.inbox if stored[seen_key(row.message.key)] != row.id]


def _write_retried(writing: Writing, batch: Batch) -> None:
    sql = writing.statements
    rows: list[RowDict] = []
    for inbox_id, retried in sorted(batch.retried.items()):
        if retried is not None:
            rows.append({**inbox_outcome(writing.vault, replace(retried, id=inbox_id)), "of_id": inbox_id})
    settled = [i for i, retried in sorted(batch.retried.items()) if retried is None]
    state = outcome_of_retry(None).value
    done: list[RowDict] = [{"of_id": i, "state": state, "next_attempt_at": None, "leased_until": None} for i in settled]
    if writing.run(sql.retry_inbox, rows) + writing.run(sql.settle_inbox, done) != len(batch.retried):
        raise StorageError("The failed message that was tried again is not stored.")
    forgotten = [i for i, retried in batch.retried.items() if retried is not None and not retried.keep_content]
    writing.run(sql.forget_inbox, [{"of_id": i} for i in sorted(forgotten)])


def _write_people(writing: Writing, batch: Batch) -> None:
    sql = writing.statements
    invites = [invite_row(writing.vault, batch.invites[i]) for i in sorted(batch.invites)]
    writing.run_all(sql.put_invites, invites, "The invite was used meanwhile.")
    orders = [order_row(writing.vault, batch.orders[i]) for i in sorted(batch.orders)]
    writing.run_all(sql.put_orders, orders, "An order was decided meanwhile.")
    writing.run(sql.put_strangers, [stranger_row(batch.strangers[a]) for a in sorted(batch.strangers)])
    _write_roster(writing, batch)
    write_rings(writing, batch)
    people = [batch.people[i] for i in sorted(batch.people)]
    if not people:
        return
    writing.run(sql.put_people, [person_row(writing.vault, person) for person in people])
    writing.run(sql.drop_bindings, [{"person_id": person.id} for person in people])
    bindings = [row for person in people for row in binding_rows(person)]
    writing.run_all(sql.add_bindings, bindings, "An address belongs to somebody else meanwhile.")
    writing.run(sql.bump, [{"name": "directory"}])


def _write_roster(writing: Writing, batch: Batch) -> None:
    sql = writing.statements
    if not (batch.shifts or batch.shifts_gone or batch.hand_overs):
        return
    writing.run(sql.drop_shifts, [{"id": i} for i in sorted(batch.shifts_gone)])
    kept = sorted(batch.shifts.keys() - batch.shifts_gone)
    writing.run(sql.put_shifts, [shift_row(batch.shifts[i]) for i in kept])
    hand_overs = [hand_over_row(batch.hand_overs[i]) for i in sorted(batch.hand_overs)]
    writing.run_all(sql.put_hand_overs, hand_overs, "A hand-over was taken over meanwhile.")
    if not batch.people:
        writing.run(sql.bump, [{"name": "directory"}])


def _write_cases(writing: Writing, batch: Batch) -> None:
    sql = writing.statements
    steps = [batch.cases[case_id] for case_id in sorted(batch.cases)]
    new = [step.last for step in steps if step.base == 0]
    moved = [step for step in steps if step.base != 0]
    bases = _bases(writing, {step.last.id: step.base for step in moved})
    _write_policies(writing, [step.last for step in steps])
    writing.run_all(sql.add_cases, [case_row(case) for case in new], "The reference is taken.")
    rows = [{**case_row(step.last), "of_id": step.last.id, "base": step.base} for step in moved]
    writing.run_all(sql.step_cases, rows, "A case moved meanwhile.")
    writing.run(sql.add_answers, [answer_row(writing.vault, answer) for answer in batch.answers])
    writing.run(sql.add_texts, [text_row(writing.vault, text) for text in batch.texts])
    writing.run(sql.add_english, [english_row(writing.vault, version) for version in batch.english])
    translations = [translation_row(batch.translations[i]) for i in sorted(batch.translations)]
    writing.run(sql.put_translations, translations)
    writing.run(sql.put_secure, [secure_row(writing.vault, entry) for entry in batch.secure])
    tokens = (row for entry in batch.secure for row in index_rows(entry, writing.vault))
    writing.run(sql.add_index, tokens)
    writing.run(sql.put_files, [file_row(writing.vault, batch.files[i]) for i in sorted(batch.files)])
    writing.run(sql.keep_back_files, [{"of_id": i} for i in sorted(batch.kept_back)])
    _write_given(writing, [step.last for step in steps], bases)
    _write_deadlines(writing, [step.last for step in steps], bases)
    handoffs = _changed([step.last for step in steps], bases, lambda case: case.handoffs)
    writing.run(sql.put_handoffs, [handoff_row(writing.vault, handoff) for handoff in handoffs])
    referrals = _changed([step.last for step in steps], bases, lambda case: case.referrals)
    writing.run(sql.put_referrals, [referral_row(writing.vault, referral) for referral in referrals])
    plans = _changed([step.last for step in steps], bases, lambda case: case.plans)
    writing.run(sql.put_plans, [plan_row(writing.vault, plan) for plan in plans])


def _write_policies(writing: Writing, cases: Sequence[Case]) -> None:
    """What the cases are bound by, where nobody is known to have been bound by it before."""
    found = {case.policies.digest: case.policies for case in cases if case.policies is not None}
    new = [found[digest] for digest in sorted(found) if not writing.known.has_policies(digest)]
    writing.run(writing.statements.add_policies, [policies_row(policies, writing.now) for policies in new])


def _write_matches(writing: Writing, batch: Batch) -> None:
    """What was said of pairs, and which cases are to be compared; what was compared is not any more."""
    sql = writing.statements
    steps = [batch.matches[pair] for pair in sorted(batch.matches)]
    rows = [{**match_row(step.last), "base": step.base} for step in steps]
    writing.run_all(sql.put_matches, rows, "Two cases were matched meanwhile.")
    writing.run(sql.end_looks, [{"of_case_id": look.case_id, "of_stamp": look.stamp} for look in batch.looked])
    looks = [batch.looks[case_id] for case_id in sorted(batch.looks)]
    writing.run(sql.add_looks, [{**asdict(look), "leased_until": None} for look in looks])


def _bases(writing: Writing, versions: Mapping[int, int]) -> dict[int, Case]:
    """The cases as they are stored, to write only what differs of what hangs on them."""
    found = {i: case for i, version in versions.items() if (case := writing.known.at(i, version)) is not None}
    return {**found, **cases_by_id(writing.connection, writing.vault, [i for i in versions if i not in found])}


def _write_given(writing: Writing, cases: Sequence[Case], bases: Mapping[int, Case]) -> None:
    """To whom the cases were given, and from whom they were taken."""
    added: list[RowDict] = []
    dropped: list[RowDict] = []
    for case in cases:
        base = bases.get(case.id)
        before = base.given_to if base is not None else frozenset[str]()
        added += [{"case_id": case.id, "reader": reader} for reader in sorted(case.given_to - before)]
        dropped += [{"case_id": case.id, "reader": reader} for reader in sorted(before - case.given_to)]
    writing.run(writing.statements.add_given, added)
    writing.run(writing.statements.drop_given, dropped)


def _write_deadlines(writing: Writing, cases: Sequence[Case], bases: Mapping[int, Case]) -> None:
    changed = _changed(cases, bases, lambda case: case.deadlines)
    writing.run(writing.statements.put_deadlines, [deadline_row(deadline) for deadline in changed])
    gone: list[RowDict] = []
    for case in cases:
        if case.id in bases and bases[case.id].deadlines is not case.deadlines:
            left = {deadline.id for deadline in case.deadlines}
            gone += [{"id": d.id} for d in bases[case.id].deadlines if d.id not in left]
    writing.run(writing.statements.drop_deadlines, gone)


def _changed(cases: Iterable[Case], bases: Mapping[int, Case], parts: Callable[[Case], tuple[P, ...]]) -> list[P]:
    changed: list[P] = []
    for case in cases:
        base = bases.get(case.id)
        before = {part.id: part for part in parts(base)} if base is not None else {}
        changed += [p for p in parts(case) if (old := before.get(p.id)) is not p and old != p]
    return sorted(changed, key=lambda part: part.id)


def _write_conversations(writing: Writing, batch: Batch) -> None:
    sql, or_else = writing.statements, "A conversation moved meanwhile."
    steps = [batch.conversations[person_id] for person_id in sorted(batch.conversations)]
    new = [conversation_row(writing.vault, step.last) for step in steps if step.base == 0]
    writing.run_all(sql.add_conversations, new, or_else)
    moved: list[RowDict] = []
    for step in steps:
        if step.base != 0:
            row = conversation_row(writing.vault, step.last)
            moved.append({**row, "of_person_id": step.last.person_id, "base": step.base})
    writing.run_all(sql.step_conversations, moved, or_else)


def _write_journal(writing: Writing, entries: Sequence[Entry]) -> None:
    if entries:
        write_journal(writing.connection, writing.statements, writing.vault, entries)


def write_journal(connection: Connection, statements: Statements, vault: Vault, entries: Sequence[Entry]) -> None:
    """Put entries behind the heads of their chains, which are held from here to the commit; sealed before that."""
    secrets = [secret_of(vault, entry) for entry in entries]
    links = _linked(entries, _heads(connection, sorted({entry.chain for entry in entries})))
    rows = [link_row(placed, secret) for placed, secret in zip(links, secrets, strict=True)]
    statements.add_links.run(connection, rows)
    heads = {placed.entry.chain: placed for placed in links}
    ends: list[RowDict] = [{"chain": c, "sequence": heads[c].sequence, "hash": heads[c].hash} for c in sorted(heads)]
    statements.put_heads.run(connection, ends)


def _heads(connection: Connection, chains: Sequence[str]) -> dict[str, tuple[int, str]]:
    heads = T["chain_heads"].c
    query = select(heads.chain, heads.sequence, heads.hash).where(heads.chain.in_(chains)).order_by(heads.chain)
    return {chain: (sequence, hash_) for chain, sequence, hash_ in connection.execute(query.with_for_update())}


def _linked(entries: Iterable[Entry], heads: dict[str, tuple[int, str]]) -> list[Link]:
    links = []
    for entry in entries:
        sequence, previous = heads.get(entry.chain, (0, GENESIS))
        placed = link(entry, sequence + 1, previous)
        heads[entry.chain] = (placed.sequence, placed.hash)
        links.append(placed)
    return links


def _write_windows(writing: Writing, batch: Batch) -> None:
    """Open windows for what waits, also for what the marks of this very batch let wait."""
    sql = writing.statements
    windows = [batch.windows[key] for key in sorted(batch.windows)]
    writing.run(sql.put_windows, [window_row(window) for window in windows])
    writing.run(sql.wake_outbox, [waking_row(window) for window in windows])
    writing.run(sql.ask_windows, [asked_row(window) for window in batch.windows_asked])
    for outcome, at in batch.knock_outcomes:
        statement = sql.fail_knocks if outcome.failure else sql.note_knocks
        writing.run(statement, [{**knock_row(outcome), "due_at": at or writing.now}])
    calls = [{"outbox_id": call.outbox_id, "became": call.result.value} for call in batch.call_outcomes]
    writing.run(sql.note_calls, calls)
