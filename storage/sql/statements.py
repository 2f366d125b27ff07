"""Every statement of the hot path, built once for an engine."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

from storage.batch import CUT_OFF
from storage.sql.compiled import Prepared
from storage.tables import english, files, matching, messages, messenger_state, people, policies
from storage.tables.cases import METADATA
from storage.types import Moment

#: The modules whose tables must be known before `T` is read.
TABLE_MODULES = (english, files, matching, messages, messenger_state, people, policies)
SCHEMA = METADATA
T = SCHEMA.tables
#: What another try changes of a stored message.
_OUTCOME = ("state", "person_id", "case_id", "sealed_reply", "error", "attempts", "next_attempt_at", "leased_until")
#: What a stranger's message is emptied of.
CONTENT = {
    "has_text": False,
    "button": "",
    "sealed": None,
    "raw": b"",
}

#: States in which a message still waits for its turn, and in which it is unsent.
WAITING = ("queued", "window-closed")
UNSENT = (*WAITING, "parked")
#: The messenger has it.
TAKEN = ("sent", "seen")
#: Written out as the partial index has it.
_WAITS_FOR_WINDOW = text("state = 'window-closed'")


class Statements:
    """The statements of one engine. Inserts and updates take rows by column name."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.insert: Any = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        self._prepare_inserts()
        self._prepare_upserts()
        self._prepare_updates()
        self._prepare_deletes()
        self._prepare_for_messengers()
        self._prepare_matching()

    def _prepare(self, statement: Any) -> Prepared:
        return Prepared(statement, self._dialect)

    def _prepare_inserts(self) -> None:
        insert, prepare = self.insert, self._prepare
        self.see = prepare(insert(T["seen"]).on_conflict_do_nothing())
        self.add_inbox = prepare(insert(T["inbox"]))
        self.add_policies = prepare(insert(T["policies"]).on_conflict_do_nothing())
        self.add_cases = prepare(insert(T["cases"]).on_conflict_do_nothing(index_elements=["reference"]))
        self.add_conversations = prepare(insert(T["conversations"]).on_conflict_do_nothing())
        self.add_answers = prepare(insert(T["answers"]))
        self.add_texts = prepare(insert(T["texts"]))
        self.add_english = prepare(insert(T["english"]))
        self.add_index = prepare(insert(T["secure_index"]).on_conflict_do_nothing())
        self.add_given = prepare(insert(T["given"]).on_conflict_do_nothing())
        self.add_links = prepare(insert(T["journal"]))
        self.add_ring_answers = prepare(insert(T["ring_answers"]).on_conflict_do_nothing())
        self.add_bindings = prepare(insert(T["bindings"]).on_conflict_do_nothing())
        self.add_outbox = prepare(insert(T["outbox"]).on_conflict_do_nothing(index_elements=["dedupe_key"]))

    def _prepare_upserts(self) -> None:
        self.put_deadlines = self._prepare(self.upsert("deadlines"))
        # A fetch that began before a file was kept back knows nothing of that, and leaves it so.
        self.put_files = self._prepare(self.upsert("attachments", stays=("own_side_only",)))
        self.put_handoffs = self._prepare(self.upsert("handoffs"))
        self.put_translations = self._prepare(self.upsert("translations"))
        self.put_plans = self._prepare(self.upsert("plans"))
        self.put_referrals = self._prepare(self.upsert("referrals"))
        self.put_secure = self._prepare(self.upsert("secure_entries"))
        self.put_heads = self._prepare(self.upsert("chain_heads"))
        # Who was cut off stays so, whatever somebody who read them before writes of them.
        self.put_people = self._prepare(self.upsert("people", sticks=("revoked_at",)))
        self.put_shifts = self._prepare(self.upsert("shifts"))
        # What was taken over stays so; whoever runs this counts the rows.
        self.put_hand_overs = self._prepare(self.upsert("hand_overs", where=T["hand_overs"].c.taken_at.is_(None)))
        # Who is silent is told once; whoever runs this counts the rows.
        self.put_rings = self._prepare(self.upsert("rings", where=T["rings"].c.told_at.is_(None)))
        self.put_strangers = self._prepare(self.upsert("strangers"))
        # An order is decided once; whoever runs this counts the rows.
        self.put_orders = self._prepare(self.upsert("export_orders", where=T["export_orders"].c.state == "waiting"))
        # An invite that was used stays as it is; whoever runs this counts the rows.
        self.put_invites = self._prepare(self.upsert("invites", where=T["invites"].c.used_at.is_(None)))

    def upsert(self, name: str, where: Any = None, sticks: tuple[str, ...] = (), stays: tuple[str, ...] = ()) -> Any:
        """Insert a row or replace the one with its key.

        A column that sticks keeps the first value it was given; one that stays is changed by other statements only.
        """
        table = T[name]
        insert = self.insert(table)
        changed = {c.name: insert.excluded[c.name] for c in table.columns if not c.primary_key and c.name not in stays}
        changed |= {name: func.coalesce(table.c[name], changed[name]) for name in sticks}
        return insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed, where=where)

    def _prepare_updates(self) -> None:
        prepare = self._prepare
        self.step_cases = prepare(_step(T["cases"]))
        self.step_conversations = prepare(_step(T["conversations"]))
        self.retry_inbox = prepare(_set(T["inbox"], *_OUTCOME))
        self.settle_inbox = prepare(_set(T["inbox"], "state", "next_attempt_at", "leased_until"))
        self.forget_inbox = prepare(_by_key(T["inbox"]).values(**CONTENT, keep_content=False))
        self.mark_outbox = prepare(_mark())
        self.see_outbox = prepare(_see())
        self.drop_outbox = prepare(_drop())
        files = T["attachments"]
        kept_back = update(files).where(files.c.id == bindparam("of_id", type_=BigInteger))
        self.keep_back_files = prepare(kept_back.values(own_side_only=True))

    def _prepare_deletes(self) -> None:
        deadlines = T["deadlines"]
        self.drop_deadlines = self._prepare(
            delete(deadlines).where(deadlines.c.id == bindparam("id", type_=BigInteger))
        )
        shifts = T["shifts"]
        self.drop_shifts = self._prepare(delete(shifts).where(shifts.c.id == bindparam("id", type_=BigInteger)))
        self.drop_given = self._prepare(
            delete(T["given"]).where(
                T["given"].c.case_id == bindparam("case_id", type_=BigInteger),
                T["given"].c.reader == bindparam("reader", type_=String),
            )
        )
        self.drop_bindings = self._prepare(_of_person(T["bindings"]))
        self.end_sign_ins = self._prepare(_of_person(T["sign_ins"]))
        self.end_sessions = self._prepare(_of_person(T["sessions"]))
        self.end_pushes = self._prepare(_of_person(T["push_subscriptions"]))
        links = T["handoff_links"]
        self.end_handoff_links = self._prepare(_of_person(links))
        self.use_handoff_links = self._prepare(
            delete(links).where(links.c.token_hash == bindparam("of_hash", type_=String))
        )
        self.bump = self._prepare(_bump(self.insert(T["meta"])))

    def _prepare_for_messengers(self) -> None:
        windows = T["reply_windows"].c
        # What came in late opens nothing in place of a window that opened after it.
        is_newer = self.insert(T["reply_windows"]).excluded.opened_at >= windows.opened_at
        self.put_windows = self._prepare(self.upsert("reply_windows", where=is_newer))
        self.wake_outbox = self._prepare(_wake())
        self.ask_windows = self._prepare(_ask())
        self.fail_knocks = self._prepare(_fail_knock())
        self.note_knocks = self._prepare(_of_knock().values(reason=bindparam("why", type_=Text)))
        self.note_calls = self._prepare(_of_call())
        self.add_sign_ins = self._prepare(self.insert(T["sign_ins"]))
        self.add_handoff_links = self._prepare(self.insert(T["handoff_links"]))

    def _prepare_matching(self) -> None:
        looks, is_it = T["looks"].c, T["matches"].c.version == bindparam("base", type_=Integer)
        self.put_matches = self._prepare(self.upsert("matches", where=is_it))
        new = self.insert(T["looks"])
        again = {name: new.excluded[name] for name in ("stamp", "leased_until")}
        again["names"] = or_(looks.names, new.excluded.names)
        self.add_looks = self._prepare(new.on_conflict_do_update(index_elements=["case_id"], set_=again))
        self.end_looks = self._prepare(
            delete(T["looks"]).where(
                looks.case_id == bindparam("of_case_id", type_=BigInteger),
                looks.stamp == bindparam("of_stamp", type_=BigInteger),
            )
        )
        self.add_places = self._prepare(self.insert(T["place_index"]).on_conflict_do_nothing())


@cache
def statements_of(engine_name: str) -> Statements:
    """The statements of ``sqlite`` or ``postgresql``, compiled once a process."""
    if engine_name == "sqlite":
        return Statements(sqlite.dialect())
    return Statements(psycopg.dialect(paramstyle="format"))  # type: ignore[no-untyped-call]


def _of_person(table: Table) -> Any:
    return delete(table).where(table.c.person_id == bindparam("person_id", type_=BigInteger))


def _by_key(table: Table) -> Any:
    (key,) = table.primary_key.columns
    return update(table).where(key == bindparam(f"of_{key.name}", type_=key.type))


def _set(table: Table, *columns: str) -> Any:
    return _by_key(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns})


def _step(table: Table) -> Any:
    """Write a new version over the one it was computed from, and over no other."""
    columns = [c.name for c in table.columns if not c.primary_key]
    return _set(table, *columns).where(table.c.version == bindparam("base", type_=Integer))


def _mark() -> Any:
    """What was taken stays taken, what was seen stays seen, what is not to be sent stays so.

    Of what somebody else had in hand last they have the last word, also when they put it back, unless it was taken.
    """
    outbox = T["outbox"].c
    holders = [bindparam(name, type_=String) for name in ("holder", "taker")]
    is_ours = or_(outbox.leased_by.is_(None), outbox.leased_by.in_(holders))
    message_id, knocked = bindparam("message_id", type_=String), bindparam("knocked", type_=String)
    is_open = and_(outbox.state != "sent", outbox.state != "seen", outbox.state != "dropped")
    return (
        update(T["outbox"])
        .where(outbox.id == bindparam("outbox_id", type_=BigInteger))
        .where(or_(and_(is_open, is_ours), bindparam("is_taken", type_=Boolean)))
        .values(
            state=case((outbox.state == "seen", "seen"), else_=bindparam("to_state", type_=String)),
            attempts=bindparam("tries", type_=Integer),
            next_attempt_at=bindparam("next_try", type_=Moment),
            parts_done=bindparam("parts", type_=Integer),
            external_id=case((message_id != "", message_id), else_=outbox.external_id),
            sent_at=func.coalesce(outbox.sent_at, bindparam("taken_at", type_=Moment)),
            seen_at=func.coalesce(outbox.seen_at, bindparam("proved_at", type_=Moment)),
            reason=bindparam("why", type_=Text),
            joined=or_(outbox.joined, bindparam("has_joined", type_=Boolean)),
            knock=case((knocked != "", knocked), else_=outbox.knock),
            holds=bindparam("in_the_way", type_=Boolean),
            leased_until=case((bindparam("stays", type_=Boolean), outbox.leased_until), else_=None),
        )
    )


def _see() -> Any:
    outbox = T["outbox"].c
    return (
        update(T["outbox"])
        .where(outbox.case_id == bindparam("about", type_=BigInteger))
        .where(and_(outbox.recipient == bindparam("to", type_=String), outbox.state == "sent"))
        .values(state="seen", seen_at=bindparam("at", type_=Moment))
    )


def _drop() -> Any:
    """What still waits for somebody who was cut off is not sent any more."""
    outbox = T["outbox"].c
    return (
        update(T["outbox"])
        .where(outbox.recipient == bindparam("to", type_=String))
        .where(or_(outbox.state == "queued", outbox.state == "window-closed"))
        .values(state="dropped", reason=CUT_OFF, next_attempt_at=None, leased_until=None)
    )


def _wake() -> Any:
    """What waits at an address is due; what somebody sends just now stays with them, else it would go twice."""
    outbox = T["outbox"].c
    waits = and_(outbox.address == bindparam("place", type_=String), _WAITS_FOR_WINDOW)
    return update(T["outbox"]).where(waits).values(next_attempt_at=bindparam("due_at", type_=Moment))


def _ask() -> Any:
    windows = T["reply_windows"].c
    is_it = and_(
        windows.address == bindparam("place", type_=String),
        windows.by_tap == bindparam("is_short", type_=Boolean),
        windows.opened_at == bindparam("since", type_=Moment),
    )
    return update(T["reply_windows"]).where(is_it).values(asked=True, leased_until=None)


def _of_knock() -> Any:
    """The message that waits for somebody to tap because of this knock."""
    outbox = T["outbox"].c
    waits = and_(outbox.address == bindparam("place", type_=String), _WAITS_FOR_WINDOW)
    return update(T["outbox"]).where(waits, outbox.knock == bindparam("sent_as", type_=String))


def _of_call() -> Any:
    outbox = T["outbox"].c
    is_it = and_(outbox.id == bindparam("outbox_id", type_=BigInteger), outbox.kind == "call")
    return update(T["outbox"]).where(is_it).values(outcome=bindparam("became", type_=String))


def _fail_knock() -> Any:
    return _of_knock().values(
        knock=bindparam("becomes", type_=String),
        reason=bindparam("why", type_=Text),
        next_attempt_at=bindparam("due_at", type_=Moment),
        leased_until=None,
    )


def _bump(insert: Any) -> Any:
    return insert.values(key=bindparam("name", type_=String), value=1).on_conflict_do_update(
        index_elements=["key"], set_={"value": T["meta"].c.value + 1}
    )
