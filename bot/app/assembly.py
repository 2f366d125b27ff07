"""The one place where configuration, storage and messengers meet to run."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from urllib.parse import urlsplit

import structlog
import uvicorn

from adapters.calls.node import Node
from adapters.push import Pusher
from adapters.watchdog import Watchdog
from adapters.web.adapter import WebAdapter
from adapters.web.routes import build_site
from adapters.web.server.audit_figures import AuditFigures
from adapters.web.server.health import Vitals
from adapters.web.server.http_protocol import Bounded
from adapters.web.server.ping_lateness import PingLateness
from adapters.web.settings import WebSettings
from adapters.web.site.sign_in_pages import new_link
from adapters.web.site.site import Site
from bot import __version__
from bot.app.audit import auditor_of, notes_of
from bot.app.backup import nightly_backup
from bot.app.bridge import Bridge, Rules
from bot.app.essentials import chance, clock, owner, rules_of, storage_of
from bot.app.key_vault import files_of, make_missing_keys, vault_of
from bot.app.messengers import Adapters, Wiring, adapters_of, pusher_of, translator_of
from bot.app.parts import Start, require_shared, said
from bot.app.sample_people import is_sample, sample_people, shown
from bot.app.ticks import Watched, running
from bot.config.model import Settings
from bot.config.papers import letterheads_of
from bot.domain.errors import BridgeError
from bot.domain.ids import Ids
from bot.domain.messages import MESSENGERS
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.paper_mail import PaperMail
from bot.jobs.steady_clock import SteadyClock
from bot.ports.storage import Storage
from storage import migrate

SAMPLE_LINKS_LAST = timedelta(hours=12)
_STOP_WITHIN = 2  #: seconds that open HTTP requests get

log = structlog.get_logger(__name__)


async def run(settings: Settings, start: Start) -> None:
    """Run in one process what this node does, until it is told to stop. Raises `BridgeError` when it cannot start."""
    require_shared(settings, start.parts)
    settings.bridge.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if start.is_embedded:
        make_missing_keys(settings, clock())
        await asyncio.to_thread(migrate, settings.database.url.get_secret_value(), vault_of(settings))
    time = SteadyClock(clock(), monotonic)
    storage = storage_of(settings, time)
    await storage.start()
    try:
        watch = ClockWatch(storage, time, clock, monotonic)
        await watch.begin()
        with _listening(settings) as listener:
            await _serve(settings, storage, watch, listener, start)
    finally:
        await storage.stop()


async def _serve(
    settings: Settings, storage: Storage, watch: ClockWatch, listener: socket.socket, start: Start
) -> None:
    rules, lateness, time = rules_of(settings), PingLateness(), watch.time
    node = Node(storage, owner(), time, machine=clock, polls=start.works, is_called=start.takes)
    rules.exports.mkdir(parents=True, exist_ok=True)
    adapters = adapters_of(Wiring(settings, node))
    vault = vault_of(settings)
    contents, pusher = files_of(settings, vault), pusher_of(Wiring(settings, node), vault.ring.push)
    bridge = Bridge(
        storage,
        adapters.all,
        rules,
        chance(time),
        clock=time,
        files=contents,
        translator=translator_of(settings),
        sends=start.works,
        on_lateness=lateness.observe,
        waker=pusher,
    )
    letterheads = letterheads_of(settings)
    if (email := adapters.email) is not None:
        email.encloses = PaperMail(storage, rules.agreement, letterheads, bridge.line.submit)
    site = Site(
        storage=storage,
        agreement=rules.agreement,
        clock=time,
        settings=_web_settings(settings, rules, pusher),
        order=bridge.order,
        submit=bridge.line.submit,
        files=contents,
        web=adapters.web or WebAdapter(),
        letterheads=letterheads,
    )
    watchdog = Watchdog(settings.watchdog.url.get_secret_value())
    auditor, ticks = auditor_of(settings, node, bridge, start, watchdog, AuditFigures(lateness.registry))
    notes = notes_of(settings, storage, watch, auditor, adapters.gateway, lateness)
    last_tick = (lambda: bridge.reminder.last_tick) if start.works else None
    vitals = Vitals(last_tick, lambda: bridge.pulse.found, lateness.registry, notes)
    hooks, has_pages = adapters.webhooks if start.takes else {}, start.takes and adapters.web is not None
    app = build_site(site, webhooks=hooks, vitals=vitals, has_pages=has_pages)
    backup = nightly_backup(settings, storage, bridge.line, time) if settings.backup.recipient else None
    async with running(bridge, node, start, Watched(watch, watchdog, backup, auditor, ticks)):
        for line in await _summary(settings, storage, adapters, start):
            start.say(line)
        _settle_memory()
        await _Server(_http(app), start).serve_until_told(listener)


def _web_settings(settings: Settings, rules: Rules, pusher: Pusher | None) -> WebSettings:
    return WebSettings(
        rules.public_url,
        rules.exports,
        settings.server.trusted_proxies,
        session_idle=settings.people.session_idle,
        confirm_every=rules.confirm_every,
        version=__version__,
        hides_identifiers=settings.bridge.identity_on_messenger != "allowed",
        push_key=pusher.public_key if pusher is not None else "",
        push_hosts=settings.messengers.web.push_hosts,
    )


def _settle_memory() -> None:
    """Leave what is loaded by now out of garbage collection: looking through it again took a tenth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def _summary(settings: Settings, storage: Storage, adapters: Adapters, start: Start) -> list[str]:
    url = settings.server.url
    people = await _people(storage, is_embedded=start.is_embedded)
    has_pages = adapters.web is not None and start.takes
    lines = [
        f"casebridge {__version__} is running.",
        f"  this node   {said(start.parts)}",
        f"  parties     {', '.join(settings.agreement().parties)}",
        f"  corridors   {', '.join(settings.agreement().corridors)}",
        f"  messengers  {', '.join(name for name in adapters.all if name in MESSENGERS) or 'none'}",
        *([f"  calls       by the gateway at {settings.gateway.url}"] if adapters.gateway else []),
        f"  database    {_shown_database(settings)}",
        f"  pages       {url}/chat and {url}/board" if has_pages else "  pages       off",
        f"  people      {people} enrolled",
    ]
    if start.is_embedded:
        lines += ["", "Sign-in links for this machine only, each works once within 12 hours:"]
        lines += [f"  {line}" for line in await _sample_links(storage, url)]
        lines += ["", "Open the officer's and the duty officer's link in two browser windows. Ctrl-C stops."]
    return lines


async def _people(storage: Storage, *, is_embedded: bool) -> int:
    directory = await storage.directory()
    there = {person.name for person in directory.people.values()}
    missing = sample_people(Ids(clock), clock(), there) if is_embedded else None
    if missing is not None and missing.people:
        await storage.apply([missing])
        directory = await storage.directory()
    return len(directory.people)


async def _sample_links(storage: Storage, url: str) -> list[str]:
    lines = []
    for person in (await storage.directory()).people.values():
        if person.is_active and is_sample(person):
            path = await new_link(storage, person.id, clock(), SAMPLE_LINKS_LAST)
            lines.append(f"{shown(person):<15} {url}{path}")
    return lines


def _shown_database(settings: Settings) -> str:
    """The database without what may be a password."""
    parts = urlsplit(settings.database.url.get_secret_value())
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def _reason(error: OSError) -> str:
    """The system's own words; asyncio and socket add the address to them."""
    return os.strerror(error.errno) if error.errno else str(error)


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise BridgeError(
            f"Cannot listen on {host}:{port}: {_reason(error)}. Stop what uses it, or set CASEBRIDGE_SERVER__PORT."
        ) from error
    with listener:
        yield listener


def _http(site: object) -> uvicorn.Config:
    return uvicorn.Config(
        site,  # type: ignore[arg-type]  # it is an ASGI application; its type is no concern here
        http=Bounded,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_WITHIN,
    )


class _Server(uvicorn.Server):
    """uvicorn, told to stop by our signal handlers, so that what follows can shut down in order."""

    def __init__(self, config: uvicorn.Config, start: Start) -> None:
        super().__init__(config)
        self._start = start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and tell whoever started the program."""
        await super().startup(sockets)
        self._start.manager.ready(f"Ready: {said(self._start.parts)}.")

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def serve_until_told(self, listener: socket.socket) -> None:
        """Serve until SIGINT or SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        await self.serve(sockets=[listener])

    def _stop(self) -> None:
        self._start.manager.stopping()
        self.should_exit = True
