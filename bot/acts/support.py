"""What a support desk does with what was referred to it: looks at it, takes somebody in, returns it, writes back.

To its people a case is its referral. Their words go to the side that referred, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.acts.finding import is_among_own
from bot.acts.request import ActRequest, prompt
from bot.channels import referrals
from bot.channels.referral_words import text
from bot.domain.case import Case, TextKind
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.names import urgency_name
from bot.domain.referral import Referral, ReferralState
from bot.intake.pieces import Piece, keep_piece
from bot.language.texts import later, tr
from bot.people import lapsed_enrolment
from bot.protection.permissions import is_support, may_see, referral_for
from bot.turns.composer import Composer

#: What may be done with a referral; everything else about the case is not there for its desk.
ACTS = frozenset({Act.ACCEPT.value, Act.RETURN.value, Act.NOTE.value, "case"})


def referred(c: Composer, case: Case | None) -> Referral | None:
    """What of a case was referred to the desk of whoever writes; None where that is not what they have of it."""
    if case is None or c.person is None or may_see(c.person, case, c.context.agreement):
        return None
    return referral_for(c.person, case, c.context.agreement)


def live(c: Composer) -> list[Case]:
    """The cases at hand that were referred to this person's desk and are still with it, the most urgent first."""
    if c.person is None or not is_support(c.person, c.context.agreement):
        return []
    found = [case for case in c.view.cases() if (r := referred(c, case)) is not None and r.is_live]
    return sorted((c.case(case.id) or case for case in found), key=lambda case: (case.urgency, -case.id))


def do(c: Composer, case: Case, word: str, words: str, pieces: tuple[Piece, ...] = ()) -> bool:
    """Do what a command, a button or a reply about a referral asks for; False where it is no referral of theirs."""
    if referred(c, case) is None or c.person is None:
        return False
    if word == "case":
        show(c, case)
    elif word not in ACTS:
        c.say(tr(c.language, "Of {reference} you have the referral: /case, /accept, /return and /note.",
                 reference=case.reference), case=case)  # fmt: skip
    elif lapsed_enrolment.is_lapsed(c):
        c.case_id = case.id
        lapsed_enrolment.must_wait(c, f"/{word} {case.reference} {words}".strip())
    else:
        _DO[Act(word)](ActRequest(c, c.person, case, Act(word), words.strip(), pieces))
    return True


def show(c: Composer, case: Case) -> None:
    """Show a referral; where others read along, only that there is one."""
    referral = referred(c, case)
    if referral is None or c.person is None:
        return
    c.saw(case)
    overheard = not is_among_own(c, c.person.party)
    words = text(case, referral, c.context.agreement, c.view.directory, c.context.public_url,
                 is_overheard=overheard, language=c.language)  # fmt: skip
    c.say(words, referrals.keyboard(case, referral), case=case)


def line(c: Composer, case: Case) -> str:
    """Write a referral as one line of a list."""
    referral = referred(c, case)
    state = _STATES[referral.state] if referral is not None else ""
    return f"{case.reference} · {urgency_name(case.urgency, c.language)} · {tr(c.language, state)}"


def _accept(request: ActRequest) -> None:
    """Say that the desk takes the person in, and who does."""
    referral = _waiting(request)
    if referral is None:
        return
    if not request.text:
        prompt(request, tr(request.language, "Who takes them in, and when? One line, no names of people."))
        return
    c = request.c
    _keep(request, referral, f"{tr('en', 'Taken in:')} {request.text}")
    referral = replace(referral, state=ReferralState.ACCEPTED, answered_at=c.now, answered_by=request.person.id,
                       taken_by=Guarded(request.text))  # fmt: skip
    _answered(request, referral, JournalAct.REFERRAL_ACCEPTED,
              tr("en", "{desk} takes them in.", desk=referrals.name_of(c, referral)),
              tr(request.language, "you take them in; {party} was told. If that changes: /return {reference} and why",
                 party=referral.party, reference=request.case.reference))  # fmt: skip


def _return(request: ActRequest) -> None:
    """Give a referral back, with a reason: also one that was accepted, when the desk cannot go on."""
    referral = referred(request.c, request.case)
    if referral is None or not _is_open(request, referral):
        return
    if not referral.is_live:
        _not_waiting(request, referral)
        return
    if not request.text:
        prompt(request, tr(request.language, "Why can you not take them in? One line, no names of people."))
        return
    c = request.c
    _keep(request, referral, f"{tr('en', 'Returned:')} {request.text}")
    referral = replace(referral, state=ReferralState.RETURNED, answered_at=c.now, answered_by=request.person.id,
                       reason=Guarded(request.text))  # fmt: skip
    _answered(request, referral, JournalAct.REFERRAL_RETURNED,
              tr("en", "{desk} returns the referral: please find another place for them.",
                 desk=referrals.name_of(c, referral)),
              tr(request.language, "returned; {party} was told.", party=referral.party))  # fmt: skip


def _note(request: ActRequest) -> None:
    """Write to the side that referred."""
    referral = referred(request.c, request.case)
    if referral is None:
        return
    if referral.state is ReferralState.WITHDRAWN:
        _not_waiting(request, referral)
        return
    if not request.text and not request.pieces:
        prompt(request, tr(request.language, "What do you want to tell {party}? No names or numbers of people.",
                           party=referral.party))  # fmt: skip
        return
    c, case = request.c, request.case
    _keep(request, referral, request.text)
    c.journal(JournalAct.REFERRAL_NOTED, case, side=referral.party)
    c.put(case)
    told = referrals.tell_side(c, case, referral, tr("en", "{desk} writes:", desk=referrals.name_of(c, referral)),
                               Guarded(request.text))  # fmt: skip
    names = ", ".join(dict.fromkeys(recipient.shown for recipient in told))
    c.saw(case)
    if told:
        sentence = tr(request.language, "Sent to {names}.", names=names)
    else:
        sentence = tr(request.language, "Kept for {party}, where nobody can be reached now.", party=referral.party)
    request.say(f"{case.reference}: {sentence}")


def _waiting(request: ActRequest) -> Referral | None:
    """The referral that waits for this desk's answer; says so where none does."""
    referral = referred(request.c, request.case)
    if referral is None or not _is_open(request, referral):
        return None
    if referral.state is not ReferralState.SENT:
        _not_waiting(request, referral)
        return None
    return referral


def _is_open(request: ActRequest, referral: Referral) -> bool:
    case = request.case
    if case.is_open or case.joined_to is not None:
        return True
    request.say(tr(request.language, "{reference} is closed. To write to {party}: /note {reference} text",
                   reference=case.reference, party=referral.party))  # fmt: skip
    return False


def _not_waiting(request: ActRequest, referral: Referral) -> None:
    state = tr(request.language, _STATES[referral.state])
    request.say(tr(request.language, "{reference}: that does not apply, it is {state}.",
                   reference=request.case.reference, state=state))  # fmt: skip


def _keep(request: ActRequest, referral: Referral, words: str) -> None:
    """Keep words of the desk for its own side; what points to a person goes to the secure case."""
    c = request.c
    piece = Piece(TextKind.TEXT, words, c.came_as, c.withheld)
    pieces = request.pieces or (piece,)
    for each in pieces:
        keep_piece(c, request.case, each, TextKind.NOTE, own_side_only=True, subjects=referral.covers)


def _answered(request: ActRequest, referral: Referral, act: JournalAct, tells: str, sentence: str) -> None:
    c = request.c
    case = c.put(referrals.answered(c, request.case, referral))
    c.journal(act, case, side=referral.party, desk=referral.desk)
    referrals.tell_side(c, case, referral, tells, Guarded(request.text))
    c.saw(case)
    request.say(f"{case.reference}: {sentence}")


_STATES = for_each(
    ReferralState,
    {
        ReferralState.SENT: later("waits for your answer"),
        ReferralState.ACCEPTED: later("taken in"),
        ReferralState.RETURNED: later("returned"),
        ReferralState.WITHDRAWN: later("withdrawn"),
    },
)
_DO: Mapping[Act, Callable[[ActRequest], None]] = MappingProxyType(
    {Act.ACCEPT: _accept, Act.RETURN: _return, Act.NOTE: _note}
)
