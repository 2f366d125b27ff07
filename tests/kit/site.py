"""The pages on a database with a moved clock: two sides, some people, one case, a core that answers in one line."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import Route
from starlette.types import ASGIApp

from adapters.web.adapter import WebAdapter
from adapters.web.routes import build_site
from adapters.web.server.health import Vitals
from adapters.web.settings import WebSettings
from adapters.web.site.sign_in_pages import new_link
from adapters.web.site.site import Site
from bot.domain.agreement import Agreement, Corridor, Desk, DeskRole, Party, Urgency
from bot.domain.case import Answer, Case, CaseText, Deadline, DeadlineKind, TextKind
from bot.domain.errors import StorageError
from bot.domain.guarded import Guarded
from bot.domain.ids import Ids
from bot.domain.journal import Entry
from bot.domain.messages import Address, Button, DeliveryState, Inbound, Keyboard, Outgoing, OutgoingKind
from bot.domain.people import Person, Role
from bot.domain.subjects import all_current
from bot.domain.turn import InboxRow, Mark, Turn
from bot.line.line import Line
from bot.line.message_work import Order, PageAct
from bot.ports.messengers import Receipt, WebhookAdapter
from bot.ports.reads import Loaded
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View
from tests.fakes.files import MemoryFiles
from tests.kit.clock import START, Clock
from tests.kit.database import KeptStorage

REFERENCE = "KC26-M9S34-4"

AGREEMENT = Agreement(
    parties={
        "KH": Party("KH", "Kingdom of Cambodia", "Asia/Phnom_Penh", ("en",), ("KH",)),
        "CN": Party("CN", "People's Republic of China", "Asia/Shanghai", ("en",), ("CN",)),
        "VN": Party("VN", "Viet Nam", "Asia/Ho_Chi_Minh", ("en",), ("VN",)),
    },
    corridors={"KC": Corridor("KC", ("KH", "CN")), "VC": Corridor("VC", ("VN", "CN"))},
    desks={
        "kh-duty": Desk("kh-duty", "KH", DeskRole.DUTY, "Duty desk"),
        "kh-secretariat": Desk("kh-secretariat", "KH", DeskRole.SECRETARIAT, "Secretariat"),
        "cn-support": Desk("cn-support", "CN", DeskRole.SUPPORT, "Support desk"),
        "cn-duty": Desk("cn-duty", "CN", DeskRole.DUTY, "Duty desk"),
        "cn-police": Desk("cn-police", "CN", DeskRole.POLICE, "Police desk"),
        "vn-duty": Desk("vn-duty", "VN", DeskRole.DUTY, "Duty desk"),
    },
)


def person(number: int, name: str, party: str, role: Role, desk: str = "") -> Person:
    return Person(number, name, party, role, desk, addresses=(Address("web", str(number)),), enrolled_at=START)


OFFICER = person(1, "Sokha Chan", "KH", Role.OFFICER)
DUTY_CN = person(2, "Li Wei", "CN", Role.DUTY, "cn-duty")
SUPERVISOR_CN = person(3, "Wang Fang", "CN", Role.SUPERVISOR, "cn-duty")
ADMIN = person(4, "Zhao Min", "CN", Role.ADMIN)
DUTY_KH = person(5, "Dara Kim", "KH", Role.DUTY, "kh-duty")
DUTY_VN = person(6, "Tran Anh", "VN", Role.DUTY, "vn-duty")
PEOPLE = (OFFICER, DUTY_CN, SUPERVISOR_CN, ADMIN, DUTY_KH, DUTY_VN)


class EchoCore:
    """Stands for the core: stores what comes in and answers in one line, with two buttons."""

    def __init__(self, storage: KeptStorage, clock: Clock) -> None:
        self.storage = storage
        self.received: list[Inbound] = []
        self.clock = clock
        self.is_broken = False
        self.toggles = False  #: a tap changes the message it was under
        self.new_id = Ids(clock)
        self.line = Line(storage, lambda: _context(clock, self.new_id), committed=lambda _turns, _left_out: None)
        self.buttons: Keyboard = ((Button("Yes", "f.1.danger_now.yes"), Button("No", "f.1.danger_now.no")),)

    async def receive(self, message: Inbound) -> Receipt:
        if self.is_broken:
            raise StorageError("the disk is full")
        if message.key in {m.key for m in self.received}:
            return Receipt(is_new=False)
        self.received.append(message)
        row = InboxRow(self.new_id(), message, person_id=int(message.sender.peer) if message.sender else None)
        await self.storage.apply([Turn(inbox=row, outgoing=(self.answer(message),))])
        return Receipt()

    async def order(self, act: Callable[[Composer], None]) -> None:
        """Do an act of the bridge itself, as its line does."""
        context = Context(self.clock(), AGREEMENT, self.new_id, lambda choices: choices[0], lambda: "00")
        composer = Composer(context, View(await self.storage.directory(), Loaded()), actor="web")
        act(composer)
        await self.storage.apply([composer.finish()])

    async def submit(self, work: PageAct | Order) -> Receipt:
        """The real line takes what is no message."""
        if self.is_broken:
            raise StorageError("the disk is full")
        return await self.line.submit(work)

    def answer(self, message: Inbound) -> Outgoing:
        number = self.new_id()
        changes = self.toggles and bool(message.button)
        assert message.sender
        return Outgoing(
            number,
            f"reply:{number}",
            OutgoingKind.REPLY,
            f"person:{message.sender.peer}",
            message.sender,
            text=f"Chosen: {message.text}" if changes else f"Noted: {message.text}",
            edits=message.message_id if changes else "",
            buttons=self.buttons,
            created_at=message.received_at,
        )


@dataclass
class Bridge:
    """A site on a database with a moved clock."""

    app: ASGIApp
    storage: KeptStorage
    clock: Clock
    core: EchoCore
    exports: Path
    files: MemoryFiles
    web: WebAdapter
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self, address: str = "203.0.113.9", scheme: str = "http") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=(address, 40000))
        client = httpx.AsyncClient(transport=transport, base_url=f"{scheme}://bridge.example")
        self.clients.append(client)
        return client

    async def signed_in(self, who: Person) -> httpx.AsyncClient:
        client = self.browser(f"203.0.113.{who.id % 250}")  # each from an address of their own, as people are
        path = await new_link(self.storage, who.id, self.clock())
        answer = await client.post(path)
        assert answer.status_code == 303, answer.text
        return client


@asynccontextmanager
async def open_bridge(
    exports: Path,
    *,
    settings: WebSettings | None = None,
    webhooks: dict[str, WebhookAdapter] | None = None,
    vitals: Vitals | None = None,
    has_pages: bool = True,
) -> AsyncIterator[Bridge]:
    clock, web, files = Clock(), WebAdapter(), MemoryFiles()
    storage = KeptStorage(clock)
    core = EchoCore(storage, clock)
    await storage.start()
    await storage.apply([Turn(people=PEOPLE)])
    await web.start(core.receive)
    core.line.start()
    site = Site(
        storage=storage,
        agreement=AGREEMENT,
        clock=clock,
        settings=settings or WebSettings("http://bridge.example", exports),
        web=web,
        order=core.order,
        submit=core.submit,
        files=files,
    )
    vitals = vitals or Vitals(lambda: clock.now, lambda: "ok", CollectorRegistry())
    app = build_site(site, webhooks=webhooks or {}, vitals=vitals, has_pages=has_pages)
    bridge = Bridge(app, storage, clock, core, exports, files, web)
    try:
        yield bridge
    finally:
        for client in bridge.clients:
            await client.aclose()
        await core.line.stop()
        await web.stop()
        await storage.stop()


def _context(clock: Clock, new_id: Ids) -> Context:
    return Context(
        clock(), AGREEMENT, new_id, lambda letters: letters[0], lambda: "00", public_url="http://bridge.example"
    )


def sample_case(reference: str = REFERENCE, number: int = 700, **changes: object) -> Case:
    """A case a few minutes old, with three answers and its deadlines."""
    case = Case(
        id=number,
        reference=reference,
        corridor="KC",
        reporting="KH",
        requested="CN",
        officer=OFFICER.id,
        place=Address("web", "1"),
        opened_at=START - timedelta(minutes=20),
        clock_from=START - timedelta(minutes=20),
        urgency=Urgency.U1,
        answers={
            f: Answer(number * 100 + i, number, f, value, START, OFFICER.id)
            for i, (f, value) in enumerate(
                [
                    ("danger_now", "yes"),
                    ("situation", "confined"),
                    ("age_group", "12_17"),
                    ("area", "Nanchang, Jiangxi"),
                ]
            )
        },
        deadlines=tuple(
            Deadline(number * 10 + i, number, kind, START + timedelta(minutes=due), START + timedelta(minutes=due))
            for i, (kind, due) in enumerate(
                [(DeadlineKind.ACKNOWLEDGE, -5), (DeadlineKind.POLICE, 40), (DeadlineKind.DIPLOMATIC, 160)]
            )
        ),
    )
    return replace(case, **changes)  # type: ignore[arg-type]  # field names are checked by `replace` itself


async def keep(bridge: Bridge, case: Case, *texts: CaseText) -> None:
    """Store a case with an alert to its desks and one journal entry."""
    alert = Outgoing(
        case.id * 10 + 5,
        f"case:{case.id}:alert:U1:desk:cn-duty",
        OutgoingKind.ALERT,
        "desk:cn-duty",
        Address("telegram", "-1001"),
        text="U1",
        case_id=case.id,
        created_at=bridge.clock(),
    )
    entry = Entry(case.id * 10 + 6, case.corridor, bridge.clock(), "person:1", "opened", case.id, salt="00")
    await bridge.storage.apply(
        [
            Turn(
                cases=(case,),
                new_cases=frozenset({case.id}),
                answers=tuple(all_current(case).values()),
                texts=texts,
                outgoing=(alert,),
                journal=(entry,),
            )
        ]
    )
    await bridge.storage.apply(
        [],
        [Mark(alert.id, DeliveryState.SENT, bridge.clock(), attempts=1, external_id="m1")],
    )


def text_of(case: Case, number: int, text: str, kind: TextKind = TextKind.NOTE, **changes: object) -> CaseText:
    made = CaseText(number, case.id, kind, Guarded(text), START, OFFICER.id, "KH")
    return replace(made, **changes)  # type: ignore[arg-type]  # likewise


def hidden(page: str, name: str) -> str:
    """Read a hidden field of the first form that has it."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no {name} on the page"
    return found[1]


async def write(client: httpx.AsyncClient, text: str, **changes: str) -> httpx.Response:
    """Send a text as the page's form does."""
    page = (await client.get("/chat")).text
    composer = page[page.index('id="composer"') :]
    form = {name: hidden(composer, name) for name in ("csrf", "once", "after")} | {"text": text} | changes
    return await client.post("/chat", data=form)


def connection(peer: str, scheme: str = "http", **headers: str) -> HTTPConnection:
    """A request as the site sees it, from this peer with these headers."""
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in {"host": "bridge.example", **headers}.items()]
    return HTTPConnection(
        {
            "type": "http",
            "client": (peer, 1),
            "headers": raw,
            "scheme": scheme,
            "path": "/",
            "query_string": b"",
            "server": None,
        }
    )


def starlette_of(app: ASGIApp) -> Starlette:
    """The application behind what stands in front of it."""
    while not isinstance(app, Starlette):
        app = getattr(app, "_app", None) or app._beyond  # type: ignore[attr-defined]
    return app


def routes_of(app: ASGIApp) -> set[tuple[str, str]]:
    """Every method and path that the program answers; HEAD comes with each GET."""
    found: set[tuple[str, str]] = set()
    for route in starlette_of(app).routes:
        assert isinstance(route, Route), f"{route} is reached in a way that these tests do not know"
        found |= {(method, route.path) for method in (route.methods or {"GET"}) - {"HEAD"}}
    return found
