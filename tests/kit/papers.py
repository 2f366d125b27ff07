"""Cases that are ready for paper, and papers read back as somebody who gets them would."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pypdf import PdfReader

from bot.channels.papers.as_docx import paper_docx
from bot.channels.papers.as_pdf import paper_pdf
from bot.channels.papers.dossier import Dossier, EnglishVersion
from bot.channels.papers.drawing_up import draw_up
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.letterheads import Letterheads
from bot.channels.papers.paper import Paper
from bot.domain.case import Answer, Case, CaseText, TextKind, Value
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from tests.kit import site
from tests.kit.cases import AGREEMENT, KH_DUTY, NOW, OFFICER, a_case, with_answers
from tests.kit.clock import START
from tests.kit.site import Bridge

#: A woman in a locked room, who agreed to everything.
ANSWERS: dict[str, Value] = {
    "danger_now": "no",
    "situation": "confined",
    "age_group": "18_or_over",
    "country": "CN",
    "area": Guarded("Nanchang, Jiangxi"),
    "last_contact_at": "2026-04-18T06:00:00+00:00",
    "category": "trafficking_in_persons",
    "exploitation": ("ForcedMarriage",),
    "persons_count": 1,
    "citizenship": ("KH",),
    "assistance": ("urgent_rescue", "safe_shelter", "travel_document", "interpreter"),
    "safe_to_contact": "only_via_reporter",
    "consent_police": "yes",
    "consent_diplomatic": "yes",
    "fears_own_authorities": "no",
    "protection_flag": "none_known",
    "summary": Guarded("The door is locked from outside, a new broker comes tonight"),
}
NAMES = {"family": "Sok", "given": "Kolab", "native": "សុខ កុលាប", "order": "family_first"}
DOCUMENT = {"type": "P", "issuer": "KHM", "number": "N00123459"}
SUSPECT = "Mister Bossman of the teahouse"
#: What points to her, as it stands in the secure case.
IDENTITY = ("SOK", "Kolab", "N00123459", "2001-05-17")


def a_ready_case(**changed: Value | None) -> Case:
    """The case, with some answers changed or (None) not given."""
    answers = {name: value for name, value in (ANSWERS | changed).items() if value is not None}
    return with_answers(a_case(alerted_requested_at=NOW), **answers)


def apart(case: Case, number: int, **values: Value) -> Case:
    """The case with somebody set apart under a number, of whom something else is known."""
    known = {
        name: Answer(number * 100 + place, case.id, name, value, NOW, OFFICER.id, subject=number)
        for place, (name, value) in enumerate({"persons_count": 1, **values}.items())
    }
    return replace(case, apart={**case.apart, number: known})


def entry(number: int, field: SecureField, value: dict[str, str], subject: int = 1) -> SecureEntry:
    words = json.dumps(value, ensure_ascii=False)
    return SecureEntry(number, 1, field, Guarded(words), NOW, KH_DUTY.id, "KH", subject)


ENTRIES = (
    entry(9001, SecureField.NAMES, NAMES),
    entry(9002, SecureField.BIRTH_DATE, {"date": "2001-05-17"}),
    entry(9003, SecureField.TRAVEL_DOCUMENT, DOCUMENT),
    entry(9004, SecureField.SUSPECTS, {"text": SUSPECT}),
    entry(9005, SecureField.EXACT_LOCATION, {"address": "Plum lane 7"}),
)
FIRST = CaseText(50, 1, TextKind.FIRST, Guarded("somebody screams for help"), NOW, OFFICER.id, "KH")


def english(words: str, *, is_machine_draft: bool = False) -> EnglishVersion:
    when = NOW + timedelta(minutes=9)
    return EnglishVersion(Guarded(words), "KH", Role.DUTY, when, is_machine_draft=is_machine_draft)


def a_dossier(case: Case | None = None, **changes: Any) -> Dossier:
    made = Dossier(case or a_ready_case(), AGREEMENT, KH_DUTY, (FIRST,), ENTRIES)
    return replace(made, **changes)


def drawn(kind: PaperKind, dossier: Dossier | None = None, letterheads: Letterheads | None = None) -> Paper:
    return draw_up(kind, dossier or a_dossier(), letterheads or Letterheads())


def read(paper: Paper) -> str:
    """All that can be read in any form of a paper: printed, attached, in the document of Word."""
    return printed(paper_pdf(paper)) + attached(paper_pdf(paper)) + in_word(paper_docx(paper))


def printed(pdf: bytes) -> str:
    """The words on its pages, without where lines break."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def attached(pdf: bytes) -> str:
    """The attachment, which is one JSON file."""
    ((_name, (content,)),) = PdfReader(io.BytesIO(pdf)).attachments.items()
    return content.decode()


def in_word(docx: bytes) -> str:
    """The words of a document of Word: of its pages, their heads and feet, and of its properties."""
    with zipfile.ZipFile(io.BytesIO(docx)) as parts:
        wanted = [name for name in parts.namelist() if re.search(r"(document|header\d|footer\d|core)\.xml$", name)]
        return "".join(re.sub(r"<[^>]*>", " ", parts.read(name).decode()) for name in wanted)


async def kept_ready(bridge: Bridge, *texts: CaseText, **changed: Value | None) -> Case:
    """Keep the case on a site, with a name, a document and a birth date in its secure case."""
    values = {name: value for name, value in (ANSWERS | changed).items() if value is not None}
    answers = {
        name: Answer(70_000 + at, 700, name, value, START, site.OFFICER.id)
        for at, (name, value) in enumerate(values.items())
    }
    case = replace(site.sample_case(), answers=answers)
    await site.keep(bridge, case, *texts)
    known = (
        (SecureField.NAMES, NAMES), (SecureField.TRAVEL_DOCUMENT, DOCUMENT),
        (SecureField.BIRTH_DATE, {"date": "2001-05-17"}),
    )  # fmt: skip
    entered = tuple(
        replace(entry(80 + at, field, value), case_id=700, by=site.DUTY_KH.id, at=START)
        for at, (field, value) in enumerate(known)
    )
    await bridge.storage.apply([Turn(secure=entered)])
    return case
