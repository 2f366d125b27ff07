"""Web chat: an enrolled person talks to the bridge on a page, with the same buttons as anywhere else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.web.site.links import with_links
from adapters.web.site.request_checks import new_token
from adapters.web.site.sign_in_pages import redirect
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit, is_number
from bot.domain.errors import StorageError
from bot.domain.frozen import replace
from bot.domain.messages import Attachment, DeliveryState, Inbound, Keyboard, Kind
from bot.domain.time_words import both_times
from bot.domain.typed_commands import parse_command
from bot.language.texts import tr
from bot.ports.reads import Said
from bot.protection.identity.detector import find, mask

TEXT_LIMIT = 8_000  #: characters of one message
_LINES = 100  #: lines shown at first
_MOST_LINES = 1_000
_ANSWERS = 3  #: newest answers of the bridge shown after an act
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.-]{16,100}")


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the page shows it."""

    id: int
    text: Markup
    when: str
    moment: str  #: RFC 3339
    is_mine: bool
    is_edited: bool = False
    buttons: Keyboard = ()
    is_latest: bool = False  #: its buttons are the ones to tap now
    message_id: str = ""  #: under which the bridge knows the message
    file: str = ""


async def read(site: Site, visit: Visit) -> Response:
    """Show the conversation."""
    return await _page(site, visit)


async def lines(site: Site, visit: Visit) -> Response:
    """Answer with the conversation when it changed since the page has it, else with nothing."""
    said = await _said(site, visit)
    mark = _mark(said)
    if visit.request.query_params.get("mark") == mark:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return await _fragment(site, visit, said)


async def write(site: Site, visit: Visit) -> Response:
    """Take what somebody wrote or tapped."""
    text = visit.form.get("text", "").strip()
    if len(text) > TEXT_LIMIT:
        return await _sorry(site, visit, 422, too_long(visit, text))
    try:
        await take(site, visit)
    except StorageError:
        sentence = tr(visit.language, "Your message was not stored. It is still in the box; please send it again.")
        return await _sorry(site, visit, 503, sentence)
    if visit.has_script:
        return await _fragment(site, visit, await _said(site, visit))
    return redirect(site, "/chat#end")


async def take(site: Site, visit: Visit, text: str | None = None, attachment: Attachment | None = None) -> None:
    """Hand what a form holds (or `text` instead) to the bridge, once however often it is sent. Raises StorageError."""
    form_id = visit.form.get("once", "")
    if not _MESSAGE_ID.fullmatch(form_id):
        raise HTTPException(400)
    button = visit.form.get("button", "") if text is None else ""
    text = visit.form.get("label" if button else "text", "").strip() if text is None else text
    if not (button or text or attachment):
        return
    external_id = f"{visit.person.id}:{form_id}"
    await site.web.receive(
        Inbound(
            messenger="web",
            account="web",
            external_id=external_id,
            kind=_kind(button, attachment),
            received_at=visit.now,
            sender=visit.address,
            place=visit.address,
            text=text[:TEXT_LIMIT],
            button=button[:64],
            message_id=visit.form.get("message", "")[:100] if button else external_id,
            attachment=attachment,
            sender_name=visit.person.name,
        )
    )


def _kind(button: str, attachment: Attachment | None) -> Kind:
    if attachment is not None:
        return Kind.PHOTO if attachment.media_type.startswith("image/") else Kind.FILE
    return Kind.BUTTON if button else Kind.TEXT


def too_long(visit: Visit, text: str) -> str:
    """Say by how much a text is over the limit."""
    return tr(
        visit.language,
        "This text has {length} characters; a message may have {limit}. Nothing was sent; please shorten it.",
        length=f"{len(text):,}",
        limit=f"{TEXT_LIMIT:,}",
    )


def as_lines(site: Site, visit: Visit, said: Sequence[Said]) -> list[Line]:
    """Make lines of a transcript; only the newest buttons about each case are there to be tapped at once."""
    newest = {_about(s): s.id for s in said if s.delivery and s.delivery.message.buttons}
    own_side = [site.agreement.parties[visit.person.party]] if visit.person.party in site.agreement.parties else []
    made = []
    for line in said:
        message = line.delivery.message if line.delivery else None
        made.append(
            Line(
                id=line.id,
                text=with_links(_shown(site, line), site.settings.public_url),
                when=both_times(line.at, own_side),
                moment=line.at.isoformat(timespec="seconds"),
                is_mine=line.from_person,
                is_edited=line.edited,
                buttons=message.buttons if message else (),
                is_latest=line.id in newest.values(),
                message_id=_known_as(line),
                file=message.file if message else "",
            )
        )
    return made


def last_of(said: Sequence[Said]) -> int:
    """The id of the newest line, which a form keeps so that only what comes after it is shown as its answer."""
    return max((line.id for line in said), default=0)


def answers(site: Site, visit: Visit, said: Sequence[Said]) -> list[Line]:
    """The newest answers of the bridge to the act that led to this page, if one did; see `after_act`."""
    after = visit.number("after")
    if "after" not in visit.request.query_params:
        return []
    return [line for line in as_lines(site, visit, said) if line.id > after and not line.is_mine][-_ANSWERS:]


def after_act(site: Site, visit: Visit, address: str) -> Response:
    """Lead back to a page of ours that shows what the bridge answers to the form that was just sent."""
    after = visit.form.get("after", "")
    return redirect(site, f"{address}{'&' if '?' in address else '?'}after={after if is_number(after) else 0}")


def _shown(site: Site, line: Said) -> str:
    """A line without what points to a person in plain words of theirs, wherever these went; nobody deletes it here."""
    is_plain = line.from_person and site.settings.hides_identifiers and parse_command(line.text) is None
    return mask(line.text, find(line.text)) if is_plain else line.text


def _about(line: Said) -> int | None:
    return line.delivery.message.case_id if line.delivery else None


def folded(said: Iterable[Said]) -> list[Said]:
    """Put a message that changes an earlier one in that one's place, as other messengers do by themselves."""
    lines: dict[str, Said] = {}
    for line in said:
        message = line.delivery.message if line.delivery else None
        changed = lines.get(message.edits) if message and message.edits else None
        if changed and changed.delivery and message and line.delivery:
            newer = replace(changed.delivery.message, text=message.text, buttons=message.buttons)
            delivery = replace(changed.delivery, message=newer, seen_at=line.delivery.seen_at)
            lines[message.edits] = replace(changed, text=line.text, delivery=delivery, edited=True)
        else:
            lines[_known_as(line)] = line
    return list(lines.values())


def _known_as(line: Said) -> str:
    return (line.delivery.external_id if line.delivery else "") or str(line.id)


async def _said(site: Site, visit: Visit) -> list[Said]:
    """Read the transcript; what is read is seen, unless the page is in the background."""
    said = folded(await site.storage.transcript((visit.address,), 0, _wanted(visit)))
    is_unseen = any(s.delivery and s.delivery.state is DeliveryState.SENT for s in said)
    if is_unseen and visit.request.query_params.get("away") != "1":
        await site.storage.mark_seen((visit.address,), visit.now)
    return said


async def _page(site: Site, visit: Visit, *, status: int = 200, problem: str = "", text: str = "") -> Response:
    values = _values(site, visit, await _said(site, visit))
    return site.pages.render(
        "chat.html", visit.request, visit=visit, status=status, problem=problem, text=text, **values
    )


async def _fragment(site: Site, visit: Visit, said: Sequence[Said]) -> Response:
    values = _values(site, visit, said)
    after = visit.request.query_params.get("after") or visit.form.get("after", "")
    news = [s.text for s in said if is_number(after) and s.id > int(after) and not s.from_person]
    return site.pages.render("_fragment.html", visit.request, visit=visit, status=200, news=news, **values)


async def _sorry(site: Site, visit: Visit, status: int, sentence: str) -> Response:
    if visit.has_script:
        return site.pages.problem(visit.request, status, sentence, visit=visit)
    return await _page(site, visit, status=status, problem=sentence, text=visit.form.get("text", ""))


def _wanted(visit: Visit) -> int:
    return min(visit.number("lines", _LINES), _MOST_LINES) or _LINES


def _values(site: Site, visit: Visit, said: Sequence[Said]) -> dict[str, object]:
    shown = _wanted(visit)
    return {
        "lines": as_lines(site, visit, said),
        "last": last_of(said),
        "mark": _mark(said),
        "form_id": new_token(),
        "shown": shown,
        "more": _MOST_LINES if len(said) >= shown < _MOST_LINES else 0,
        "page": "chat",
        "takes_files": site.files is not None,
    }


def _mark(said: Sequence[Said]) -> str:
    """Digest of all that a page shows, so that it is sent again only when something changed."""
    digest = hashlib.sha256()
    for line in said:
        buttons = line.delivery.message.buttons if line.delivery else ()
        labels = [f"{b.label}\0{b.data}" for b in chain.from_iterable(buttons)]
        digest.update("\0".join([str(line.id), line.text, *labels, "\1"]).encode())
    return digest.hexdigest()[:24]
