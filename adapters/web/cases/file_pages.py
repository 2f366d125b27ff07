"""Files on the pages: taken in as bytes, listed for whom they are for, handed out as a download and nothing else."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from adapters.web.cases import act_forms, case_pages
from adapters.web.chat.chat_pages import TEXT_LIMIT, take, too_long
from adapters.web.site.downloads import download as handed_out
from adapters.web.site.sign_in_pages import redirect
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.domain.attachments import FilePurpose, FileState, StoredFile, download_name, label_of
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.errors import StorageError
from bot.domain.file_types import sniff
from bot.domain.frozen import replace
from bot.domain.journal import Entry
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Attachment
from bot.domain.turn import Turn
from bot.language.texts import tr
from bot.ports.storage import Files
from bot.protection.permissions import may
from bot.protection.secure_access import may_open_file

#: The act that the words beside a file are, and so who may open it.
_FOR_WHOM = {"both": Act.NOTE, "own": Act.MEMO}


async def attach(site: Site, visit: Visit) -> Response:
    """Keep a file with a case, with a note or a memo that says what it is, as the uploader chose who may open it."""
    case = await case_pages.find(site, visit)
    if case is None:
        return await case_pages.no_such_case(site, visit)
    act = _FOR_WHOM.get(visit.form.get("whose", ""))
    words = f"/{act} {case.reference} {visit.form.get('text', '').strip()}"
    problem = (
        _missing(visit)
        or ("" if act else tr(visit.language, "Please choose who may open the file. Nothing was sent."))
        or _not_theirs(site, visit, case)
        or ("" if len(words) <= TEXT_LIMIT else too_long(visit, words))
    )
    if problem:
        return site.pages.problem(visit.request, 422, problem, visit=visit)
    await _hand_in(site, visit, words)
    after = visit.form.get("after", "")
    return redirect(site, f"/cases/{case.reference}?after={after if after.isascii() and after.isdigit() else 0}")


async def letter(site: Site, visit: Visit) -> Response:
    """Record the letter of an acceptance, with its scan where one came; or the scan of a letter recorded before."""
    case = await case_pages.find(site, visit)
    if case is None:
        return await case_pages.no_such_case(site, visit)
    words = act_forms.command(Act.WRITTEN, case.reference, visit.form)
    problem = (
        ("" if words else tr(visit.language, "Please write the reference of the letter. Nothing was sent."))
        or _not_theirs(site, visit, case, Act.WRITTEN)
        or ("" if len(words) <= TEXT_LIMIT else too_long(visit, words))
    )
    if problem:
        return site.pages.problem(visit.request, 422, problem, visit=visit)
    await (take(site, visit, words) if visit.upload is None else _hand_in(site, visit, words))
    after = visit.form.get("after", "")
    return redirect(site, f"/cases/{case.reference}?after={after if after.isascii() and after.isdigit() else 0}")


async def send(site: Site, visit: Visit) -> Response:
    """Take a file in the chat, with or without words under it."""
    text = visit.form.get("text", "").strip()
    problem = _without_file(visit) or ("" if len(text) <= TEXT_LIMIT else too_long(visit, text))
    if problem:
        return site.pages.problem(visit.request, 422, problem, visit=visit)
    await _hand_in(site, visit, text)
    return redirect(site, "/chat#end")


def _missing(visit: Visit) -> str:
    if not visit.form.get("text", "").strip():
        return tr(visit.language, "Please write in a few words what the file is. Nothing was sent.")
    return _without_file(visit)


def _without_file(visit: Visit) -> str:
    return "" if visit.upload else tr(visit.language, "There is no file, or it is empty. Nothing was sent.")


def _not_theirs(site: Site, visit: Visit, case: Case, act: Act = Act.MEMO) -> str:
    is_allowed = may(visit.person, act, case, site.agreement)
    return "" if is_allowed else tr(visit.language, "This is not open to you.")


async def _hand_in(site: Site, visit: Visit, text: str) -> None:
    """Keep the content first, then say that it is there: what is said to be kept is kept. Raises StorageError."""
    if visit.upload is None:
        raise LookupError("a form without a file was refused before")
    content = visit.upload.content
    sha256 = await _store(site).put(content)
    # Another file sent by the same page, after a step back, is another message.
    once = f"{visit.form.get('once', '')}.{sha256[:16]}"
    file = Attachment(sha256, label_of(visit.upload.name), sniff(content), len(content))
    await take(site, replace(visit, form={**visit.form, "once": once}), text, file)


def _store(site: Site) -> Files:
    if site.files is None:
        raise StorageError("files are not kept here")
    return site.files


async def download(site: Site, visit: Visit) -> Response:
    """Hand out a file to whom it is for; what it is read for is in the journal before the first byte leaves."""
    case = await case_pages.find(site, visit)
    if case is None:
        return await case_pages.no_such_case(site, visit)
    file = await _find(site, visit, case)
    if file is None:
        return site.pages.problem(visit.request, 404, tr(visit.language, "No such file."), visit=visit)
    purpose = visit.request.query_params.get("purpose", "")
    if purpose not in {known.value for known in FilePurpose}:
        sentence = tr(visit.language, "Please choose on the page of the case what you need the file for.")
        return site.pages.problem(visit.request, 422, sentence, visit=visit)
    content = await _store(site).read(file.sha256)
    await _note(site, visit, case, file, FilePurpose(purpose))
    return handed_out(content, download_name(file, case.reference), over_tls=site.settings.is_https)


async def _find(site: Site, visit: Visit, case: Case) -> StoredFile | None:
    wanted = visit.request.path_params["file"]
    files = (await site.storage.history(case.id)).files
    stored = (f for f in files if f.state is FileState.STORED)
    readable = (f for f in stored if may_open_file(visit.person, f, case, site.agreement))
    return next((f for f in readable if str(f.id) == wanted), None)


async def _note(site: Site, visit: Visit, case: Case, file: StoredFile, purpose: FilePurpose) -> None:
    entry = Entry(
        site.new_id(),
        case.corridor,
        visit.now,
        f"person:{visit.person.id}",
        JournalAct.FILE_READ,
        case.id,
        str(visit.address),
        {"file": file.id, "sha256": file.sha256, "purpose": purpose.value},
        secrets.token_hex(8),
    )
    await site.storage.apply([Turn(journal=(entry,))])
