"""Writing to a case: notes for both sides, memos for one's own. Texts stay on the page."""

from __future__ import annotations

from collections.abc import Sequence

from bot import gates
from bot.acts.request import Request, done, everybody, is_allowed, prompt, shown_name
from bot.case import TextKind
from bot.recipients import Recipient
from bot.texts import tr
from bot.wording import link, moment


def note(request: Request) -> None:
    """Keep a text for the other side and the own desk, and tell them that it is there."""
    if not is_allowed(request):
        return
    if not request.text:
        prompt(request, tr(request.language, "What do you want to tell the other side? No names or numbers of people."))
        return
    c, case = request.c, request.case
    other = case.requested if request.person.party == case.reporting else case.reporting
    is_stopped = gates.stops_relay(case, other, c.context.agreement)
    c.keep_text(case, TextKind.NOTE, request.text, own_side_only=is_stopped)
    c.journal("noted", case)
    told = [r for r in everybody(request, case) if r.name != f"person:{request.person.id}" and r.addresses]
    told = [r for r in told if not is_stopped or r.party != other]
    sentence = _sent_to(request, told)
    if is_stopped:
        sentence = tr(
            request.language, "It stays on your own side: nothing more is told to {party} now. {sent}",
            party=other, sent=sentence,
        )  # fmt: skip
    done(
        request,
        case,
        sentence,
        tells=tr(
            "en",
            "{who} · {when}\nA note was added. Read it: {link}",
            who=shown_name(request),
            when=moment(c.now, case, c.context.agreement),
            link=link(c.context.public_url, case),
        ),
        to=told,
    )


def _sent_to(request: Request, told: Sequence[Recipient]) -> str:
    if not told:
        return tr(request.language, "Kept with the case, but nobody else can be reached about it yet.")
    names = ", ".join(dict.fromkeys(r.shown for r in told))
    return tr(request.language, "Sent to {names}. They read it on the case's page.", names=names)


def memo(request: Request) -> None:
    """Keep a text that only the own side can read."""
    if not is_allowed(request):
        return
    if not request.text:
        prompt(request, tr(request.language, "What should be kept for your own side?"))
        return
    request.c.keep_text(request.case, TextKind.MEMO, request.text, own_side_only=True)
    request.c.journal("memo", request.case)
    done(request, request.case, tr(request.language, "kept for your side only."))
