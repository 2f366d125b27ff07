"""Keeping a file to the side of whoever left it: nobody else can open it any more, or sees that it is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.acts.finding import is_among_own
from bot.acts.leading import older_of
from bot.acts.request import ActRequest
from bot.domain import button_data
from bot.domain.attachments import StoredFile, came_with
from bot.domain.case import Case
from bot.domain.messages import DeliveryState
from bot.domain.names import moment
from bot.domain.recipients import desk_name, shown_as
from bot.language.normalise import whole_number
from bot.language.texts import tr
from bot.protection.file_words import opened_by, other_side
from bot.protection.secure_access import may_keep_back
from bot.relay import added
from bot.turns.composer import Composer

_TAKEN_BACK = "for one side only"  #: why what waited was not sent
_HAD = (DeliveryState.SENT, DeliveryState.SEEN)


def argument_of(*files: StoredFile) -> str:
    """What a button says that keeps a file back, or all those of one message."""
    return "-".join(dict.fromkeys(button_data.to_base36(file.id) for file in (files[0], files[-1])))


def own_side_only(request: ActRequest) -> None:
    """Keep what a button or a number names, or what the person left last: `/ownside REF`, `/ownside REF 2`."""
    meant = _meant(request, mine(request.c, request.case))
    if not meant:
        request.say(
            tr(
                request.language,
                "There is no such file that you can keep to your side. The case's page numbers them; type for "
                "example: /ownside {reference} 2",
                reference=request.case.reference,
            )
        )
        return
    for file in meant:
        if not file.own_side_only:
            _keep_back(request.c, file)
    request.c.case_id = request.case.id
    if not is_among_own(request.c, request.person.party):  # the other side reads the answer too
        request.say(tr(request.language, "{reference}: recorded.", reference=request.case.reference))
        return
    request.say(" ".join([_said(request, meant), *_known_before(request, meant)]))


def mine(c: Composer, case: Case) -> list[StoredFile]:
    """The files of a case, or of the one that it leads to, that the person may keep to their side, oldest first."""
    cases = dict.fromkeys((case.id, older_of(c, case).id))
    found = [(each, file) for number in cases if (each := c.case(number)) for file in c.view.files(number).files]
    return [file for each, file in found if c.person and may_keep_back(c.person, file, each, c.context.agreement)]


def _meant(request: ActRequest, files: Sequence[StoredFile]) -> Sequence[StoredFile]:
    """Find the files that are meant: a button's, the typed number's, or the newest."""
    if not request.text:
        own = [file for file in files if file.by == request.person.id] or files
        return came_with(files, own[-1]) if own else ()
    if (number := whole_number(request.text)) is not None and number <= len(files):
        return files[number - 1 : number] if number else ()
    begins, _, ends = request.text.partition("-")
    first, last = button_data.from_base36(begins) or 0, button_data.from_base36(ends or begins) or 0
    named = next((file for file in files if file.id == first), None)
    # Ids rise with time: what the same person left between two of one message is of that message too.
    return [] if named is None else [file for file in files if file.by == named.by and first <= file.id <= last]


def _keep_back(c: Composer, file: StoredFile) -> None:
    """Keep a file back; what waits to tell the other side of it is not sent, unless it tells of another one too."""
    case = c.case(file.case_id)
    if case is None:
        return
    c.keep_back(case, file)
    key = added.key_of(case, file)
    others = (f for f in c.view.files(case.id).files if f.id not in c.kept.kept_back and not f.own_side_only)
    if not any(added.key_of(case, other) == key for other in others):
        agreement, directory = c.context.agreement, c.view.directory
        desks = {f"desk:{desk.id}" for desk in agreement.desks.values() if desk.party != file.party}
        people = {f"person:{person.id}" for person in directory.people.values() if person.party != file.party}
        c.take_back(case, desks | people, f"{key}:", _TAKEN_BACK)


def _said(request: ActRequest, meant: Sequence[StoredFile]) -> str:
    c, case, first = request.c, request.case, meant[0]
    when = moment(first.at, case, c.context.agreement)
    if len(meant) == 1:
        return tr(request.language, "{reference}: the file of {moment} is for your own side only. Nobody else can "
                  "open it any more, or sees that it is there.", reference=case.reference, moment=when)  # fmt: skip
    return tr(request.language, "{reference}: {count} files of {moment} are for your own side only. Nobody else can "
              "open them any more, or sees that they are there.",
              reference=case.reference, count=len(meant), moment=when)  # fmt: skip


def _known_before(request: ActRequest, meant: Sequence[StoredFile]) -> Iterable[str]:
    """Say honestly what the other side had of it before: what was seen cannot be taken back."""
    c, case = request.c, _case_of(request, meant[0])
    other = other_side(meant[0], case)
    if not other:
        return
    reads = c.view.files(case.id).reads
    opened = opened_by(meant, reads, case, c.context.agreement, c.view.directory)
    if opened:
        yield tr(request.language, "Opened before by {who}: what they saw or saved stays with them.",
                 who="; ".join(opened))  # fmt: skip
        return
    yield tr(request.language, "Nobody of {party} has opened it.", party=other)
    told = _told(c, case, meant)
    if told:
        yield tr(request.language, "That something was added was told before to {names}.", names=", ".join(told))


def _case_of(request: ActRequest, file: StoredFile) -> Case:
    return request.c.case(file.case_id) or request.case


def _told(c: Composer, case: Case, meant: Sequence[StoredFile]) -> list[str]:
    keys = {f"{added.key_of(case, file)}:" for file in meant}
    had = [d for d in c.view.deliveries(case.id) if d.state in _HAD]
    names = [d.message.recipient for d in had if any(d.message.dedupe_key.startswith(key) for key in keys)]
    other = other_side(meant[0], case)
    desks = (c.context.agreement.desks.get(name.removeprefix("desk:")) for name in names)
    people = (c.view.directory.get(int(name.removeprefix("person:"))) for name in names if name.startswith("person:"))
    shown = [desk_name(desk) for desk in desks if desk is not None and desk.party == other]
    shown += [
        shown_as(person, c.context.agreement) for person in people if person is not None and person.party == other
    ]
    return list(dict.fromkeys(shown))
