"""What follows a hand-off on paper: the signed paper that was handed over in person, and the confirming letter."""

from __future__ import annotations

from bot.acts.request import ActRequest, changed, done, is_allowed, prompt, shown_name
from bot.acts.which_channel import channel_of
from bot.channels.handoffs import with_handoff
from bot.clock import deadlines
from bot.domain.case import WITH_ITS_DESK, Case, Channel, DeadlineKind, Handoff, HandoffState
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name
from bot.language.texts import tr
from bot.protection.permissions import may
from bot.turns.composer import Composer


def delivered(request: ActRequest) -> None:
    """Record that the signed paper was handed over in person: who took it, and when."""
    channel, whom = channel_of(request.text)
    given = [h for h in request.case.handoffs if h.state in WITH_ITS_DESK and channel in (None, h.channel)]
    if not is_allowed(request, channel):
        return
    if not given:
        request.say(tr(request.language, "Nothing was handed to that channel."))
        return
    if not whom:
        prompt(request, tr(request.language, "Who took the paper? Name and office."), given[-1].channel.value)
        return
    c, handoff = request.c, given[-1]
    case = with_handoff(changed(request.case), replace(handoff, delivered_at=c.now, delivered_to=Guarded(whom)))
    c.journal(JournalAct.PAPER_DELIVERED, case, channel=handoff.channel.value)
    sentence = tr(request.language, "noted: the paper for the {channel} was handed over in person.",
                  channel=channel_name(handoff.channel, request.language))  # fmt: skip
    tells = tr("en", "{who} handed the paper for the {channel} over in person.",
               who=shown_name(request), channel=channel_name(handoff.channel, "en"))  # fmt: skip
    done(request, case, sentence, tells=tells)


def written(request: ActRequest) -> None:
    """Record the confirming letter of an acceptance; a file that comes with it is its scan."""
    channel, letter = channel_of(request.text)
    if _comes_with_scan(request, channel, letter):
        request.say(tr(request.language, "{reference}: the scan of letter {letter} is kept with the case.",
                       reference=request.case.reference, letter=letter))  # fmt: skip
        return
    if not is_allowed(request):
        return
    waiting = [h for h in request.case.handoffs if h.state is HandoffState.ACCEPTED and not h.letter_reference]
    fitting = [h for h in waiting if channel in (None, h.channel)]
    if not fitting:
        request.say(tr(request.language, "No acceptance of that channel waits for a letter."))
        return
    handoff = min(fitting, key=lambda h: h.accepted_at or h.drafted_at)
    if not letter:
        prompt(request, tr(request.language, "Which letter? Type its reference."), handoff.channel.value)
        return
    c = request.c
    case = with_handoff(changed(request.case), replace(handoff, letter_reference=letter, letter_at=c.now))
    case = deadlines.meet(case, DeadlineKind.WRITTEN, c.now, handoff.channel)
    c.journal(JournalAct.CONFIRMED_IN_WRITING, case, channel=handoff.channel.value, letter=letter)
    tells = tr("en", "Confirmed in writing for the {channel}.", channel=channel_name(handoff.channel, "en"))
    done(request, case, _recorded(request, handoff.channel, letter), tells=tells)


def _recorded(request: ActRequest, channel: Channel, letter: str) -> str:
    name, language = channel_name(channel, request.language), request.language
    if _has_file(request):
        return tr(language, "letter {letter} recorded for the {channel}, and its scan kept with the case.",
                  letter=letter, channel=name)  # fmt: skip
    return tr(language, "letter {letter} recorded for the {channel}. Its scan can be added on the page of the case.",
              letter=letter, channel=name)  # fmt: skip


def _has_file(request: ActRequest) -> bool:
    return request.c.message is not None and request.c.message.attachment is not None


def lacks_scan(case: Case) -> list[Handoff]:
    """The hand-offs whose letter is recorded, and whose scan is not kept."""
    accepted = (h for h in case.handoffs if h.state is HandoffState.ACCEPTED and h.letter_reference)
    return [handoff for handoff in accepted if handoff.letter_file is None]


def keep_scan(c: Composer, case: Case) -> None:
    """Note that the file that came with the words of this turn is the scan of the letter that they name."""
    case = c.case(case.id) or case
    file = next(iter(c.kept.left_now), None)
    if file is None or c.person is None or not may(c.person, Act.WRITTEN, case, c.context.agreement):
        return
    said = c.message.text.strip() if c.message is not None else ""
    handoff = next((h for h in lacks_scan(case) if said.endswith(f" {h.letter_reference}")), None)
    if handoff is None:
        return
    case = c.put(with_handoff(case, replace(handoff, letter_file=file.id)))
    c.journal(JournalAct.LETTER_SCANNED, case, file=file.id, sha256=file.sha256, channel=handoff.channel.value,
              letter=handoff.letter_reference)  # fmt: skip


def _comes_with_scan(request: ActRequest, channel: Channel | None, letter: str) -> bool:
    """Whether a letter is named that was recorded before, by whoever may record it, and a file comes with it now."""
    known = (h for h in lacks_scan(request.case) if channel in (None, h.channel) and h.letter_reference == letter)
    is_theirs = may(request.person, Act.WRITTEN, request.case, request.c.context.agreement)
    return _has_file(request) and any(known) and is_theirs
