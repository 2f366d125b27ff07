"""Releasing a text that was withheld by a false alarm, so that it can be read on the case's page again."""

from __future__ import annotations

from bot.acts.finding import no_such_case
from bot.acts.request import ActRequest, duty_desks, is_allowed
from bot.domain.case import Case, CaseText
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.names import link
from bot.domain.secure_entry import SecureEntry
from bot.language.normalise import whole_number
from bot.language.texts import tr
from bot.protection.secure_access import is_held, may_read_secure, may_release, numbered


def release(request: ActRequest) -> None:
    """Release the entry whose number was typed: `/release REF 3`."""
    c, case = request.c, request.case
    if not may_read_secure(request.person, case, c.context.agreement):
        no_such_case(c, case.reference)
        return
    if not is_allowed(request):
        return
    c.saw(case)
    request.say(release_entry(request, whole_number(request.text) or 0))


def release_entry(request: ActRequest, number: int) -> str:
    """Release an entry, counted from 1, if it is held and theirs to release; say what was done or why not."""
    c, person, case = request.c, request.person, request.case
    kept = c.secure(case)
    entry = numbered(kept.entries, kept.texts, person, case, c.context.agreement).get(number)
    if entry is None:
        return tr(
            request.language,
            "There is no such entry. The secure case's page numbers them; type for example: /release {reference} 3",
            reference=case.reference,
        )
    masked = next((text for text in kept.texts if text.id == entry.text_id), None)
    if masked is None or not is_held(entry):
        return tr(request.language, "Entry {number} is not a text that waits for its release.", number=number)
    if not may_release(person, entry, case, c.context.agreement):
        return tr(
            request.language,
            "Only the duty desk of {party} or its supervisor can release entry {number}.",
            party=entry.party,
            number=number,
        )
    _release(request, entry, masked)
    return tr(
        request.language,
        "{reference}: entry {number} is released. Its text can be read on the case's page.",
        reference=case.reference,
        number=number,
    )


def _release(request: ActRequest, entry: SecureEntry, masked: CaseText) -> None:
    """Keep the text as it was written beside the one that stood in its place."""
    c, case = request.c, request.case
    c.kept.text(case, masked.kind, entry.value, own_side_only=masked.own_side_only, amends=masked.id, message="")
    c.kept.released(replace(entry, released_at=c.now, released_by=request.person.id))
    c.journal(JournalAct.RELEASED, case, entry=entry.id)
    c.put(case)
    _tell(request, case, masked)


def _tell(request: ActRequest, case: Case, masked: CaseText) -> None:
    """Tell the duty desks that there is a text to read; of a memo its own side only."""
    told = [
        r
        for r in duty_desks(request, case)
        if r.name != f"person:{request.person.id}" and (r.party == masked.party or not masked.own_side_only)
    ]
    words = tr(
        "en",
        "{reference}: a text that was withheld is released. Read it on the page: {link}",
        reference=case.reference,
        link=link(request.c.context.public_url, case),
    )
    request.c.tell(told, f"case:{case.id}:release:{masked.id}", words, case=case)
