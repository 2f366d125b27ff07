"""Writing to a case: notes go to both sides in words, memos stay with one's own and on its page."""

from __future__ import annotations

from bot.acts import asking_english
from bot.acts.request import ActRequest, done, is_allowed, prompt
from bot.clock import alerts, deadlines
from bot.domain import button_data
from bot.domain.case import Case, DeadlineKind, TextKind
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.intake.pieces import Piece, keep_piece
from bot.intake.question_texts import word_button
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.seen_by import shown_numbers
from bot.relay import own_echoes, relay


def note(request: ActRequest) -> None:
    """Keep a text for both sides, and send it on to the people of the case."""
    if not is_allowed(request):
        return
    if not request.text:
        ask_for(request)
        return
    if own_echoes.is_ours(request.c, request.case, request.text):
        _comes_back(request)
        return
    if request.act is Act.ANSWER or request.is_taken:
        request = replace(request, case=_answered(request))
    kept, sentence = send(request, request.case)
    aside = _not_this_case(request, *kept) if request.is_taken else None
    done(request, request.c.case(request.case.id) or request.case, sentence, aside=aside)


def _answered(request: ActRequest) -> Case:
    """Meet the deadline of a question that this side was asked."""
    c, case, party = request.c, request.case, request.person.party
    waiting = [d for d in case.deadlines if d.kind is DeadlineKind.REPLY and d.is_running and d.party == party]
    if not waiting:
        return case
    c.journal(JournalAct.ANSWERED_QUESTION, case, party=party)
    return c.put(deadlines.meet(case, DeadlineKind.REPLY, c.now, party=party))


def ask_for(request: ActRequest) -> None:
    """Ask for the words of a note or a memo."""
    if request.act is Act.MEMO:
        prompt(request, tr(request.language, "What should be kept for your own side?"))
    else:
        prompt(request, tr(request.language, "What do you want to tell the other side? No names or numbers of people."))


def send(request: ActRequest, case: Case) -> tuple[tuple[int | None, ...], str]:
    """Keep the words with a case and send them on; returns the ids they are kept as, and who has them."""
    c = request.c
    if case.alerted_at is None:
        case = c.put(alerts.tell(c, case))  # the first that a desk hears of a case is its alert
    other = case.requested if request.person.party == case.reporting else case.reporting
    is_stopped = gates.stops_relay(case, other, c.context.agreement, request.whom)
    pieces = request.pieces or (Piece(TextKind.TEXT, request.text, c.came_as),)
    kept: dict[str, int | None] = {}  # of words that were changed while they waited the last version is sent on
    for number, piece in enumerate(pieces):
        kept[piece.message or str(number)] = keep_piece(
            c, case, piece, TextKind.NOTE, own_side_only=is_stopped, subjects=request.whom
        )
    c.journal(JournalAct.NOTED, case)
    texts = c.kept.texts_with(*kept.values())
    relayed = relay.pass_on(c, case, texts)
    sentence = relayed.sentence(request.language)
    if other and not is_stopped and not relayed.reaches(other):
        sentence += " " + tr(request.language, "Nobody of {party} can be reached at the moment.", party=other)
    if is_stopped:
        sentence = f"{_stays(request, other)} {sentence}"
    asked = next(filter(None, (asking_english.of_text(request, case, text) for text in texts)), "")
    sentence = f"{sentence} {asked}".strip()
    c.put(case)
    return tuple(kept.values()), sentence


def _stays(request: ActRequest, other: str) -> str:
    """Say why words stay on the own side, and how words about others still cross."""
    case = request.case
    others = () if request.whom else shown_numbers(case, other, request.c.context.agreement)
    if not others:
        return tr(request.language, "It stays on your own side: nothing more is told to {party} now.", party=other)
    return tr(
        request.language,
        "It stays on your own side, because it may be about somebody who is held back from {party}. Words about "
        "others: /note {reference}/{number} ...",
        party=other,
        reference=case.reference,
        number=others[0],
    )


def _not_this_case(request: ActRequest, *kept: int | None) -> Keyboard:
    """Let the writer say at once that the words are about another case."""
    text_id = next((text_id for text_id in kept if text_id is not None), 0)
    label = tr(request.language, "Not this case")
    return ((word_button(label, "astray", button_data.to_base36(text_id)),),)


def _comes_back(request: ActRequest) -> None:
    """Send no message of ours on again; and answer our own answer to that with nothing, or two bots never end."""
    sentence = tr(
        request.language, "That is a message of this bridge, so it was not sent on. Please use your own words."
    )
    request.c.journal(JournalAct.CAME_BACK, request.case)
    if not request.text.endswith(sentence):
        request.say(f"{request.case.reference}: {sentence}")


def memo(request: ActRequest) -> None:
    """Keep a text that only the own side can read."""
    if not is_allowed(request):
        return
    if not request.text:
        ask_for(request)
        return
    keep(request, request.case)
    done(request, request.case, tr(request.language, "kept for your side only."))


def keep(request: ActRequest, case: Case) -> None:
    """Keep the words with a case, for their writer's side."""
    request.c.kept.text(case, TextKind.MEMO, request.text, own_side_only=True, subjects=request.whom)
    request.c.journal(JournalAct.MEMO, case)
    request.c.put(case)
