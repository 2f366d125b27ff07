"""What becomes of a referral: the support desk is asked, reminded and told of the end, and its side hears what it says.

Whatever is said of a referral is the matter of the side that referred: the other side is told nothing of it, and its
pages do not show that somebody was told. Decides, does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.channels.referral_words import desk_reader, text
from bot.clock import deadlines
from bot.clock.alerts import act_button
from bot.domain.case import Case, DeadlineKind
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard, OutgoingKind
from bot.domain.names import link, rows, urgency_name
from bot.domain.recipients import Recipient, at_desk, desk_name, is_overheard, side_of_case
from bot.domain.referral import Referral, ReferralState
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.redaction_policy import Way, support_words
from bot.protection.referral_gate import still_for
from bot.protection.standings import Reader
from bot.turns.composer import Composer


def with_referral(case: Case, referral: Referral) -> Case:
    """Put a referral in its place among those of a case."""
    others = (each for each in case.referrals if each.id != referral.id)
    return replace(case, referrals=tuple(sorted((*others, referral), key=lambda each: each.id)))


def live_at(case: Case, desk: str) -> tuple[Referral, ...]:
    """The live referrals to a desk, each for other persons."""
    return tuple(r for r in case.referrals if r.desk == desk and r.is_live)


def first_wait(c: Composer, case: Case) -> timedelta:
    """How long a desk has to answer before it is reminded: what the level allows to acknowledge."""
    return case.policy(c.context.agreement).acknowledge


def send(c: Composer, case: Case, referral: Referral) -> Case:
    """Ask the desk, and let the clock watch until it answers."""
    referral = replace(referral, next_at=c.now + first_wait(c, case))
    case = _watched(c, with_referral(case, referral))
    c.journal(JournalAct.REFERRED, case, desk=referral.desk, side=referral.party, ground=referral.ground.value,
              subjects=list(referral.covers))  # fmt: skip
    for recipient in at_support(c, referral):
        words, laid = _text(c, case, referral, recipient), keyboard(case, referral)
        c.tell([recipient], _key(case, referral), words, kind=OutgoingKind.ALERT, case=case, buttons=laid)
    return case


def keyboard(case: Case, referral: Referral) -> Keyboard:
    """The acts of a support desk."""
    acts = [(tr("en", "We take them"), Act.ACCEPT.value), (tr("en", "We cannot take them"), Act.RETURN.value)]
    offered = acts if referral.state is ReferralState.SENT and case.is_open else []
    offered += [(tr("en", "Write to {party}", party=referral.party), Act.NOTE.value)] if referral.is_live else []
    return rows([act_button(case, label, act) for label, act in (*offered, (tr("en", "Show"), "case"))])


def answered(c: Composer, case: Case, referral: Referral) -> Case:
    """Keep what the desk answered; it is not waited for any more."""
    case = _watched(c, with_referral(case, replace(referral, next_at=None)))
    refresh(c, case, referral)
    return case


def withdraw(c: Composer, case: Case, referral: Referral, reason: str = "") -> Case:
    """Take a referral back: the desk is told at once, without why, and reads nothing of it any more."""
    referral = replace(
        referral, state=ReferralState.WITHDRAWN, withdrawn_at=c.now, next_at=None, reason=Guarded(reason)
    )
    case = _watched(c, with_referral(case, referral))
    c.journal(JournalAct.REFERRAL_WITHDRAWN, case, desk=referral.desk, side=referral.party)
    to = at_support(c, referral)
    words = _headed(case, tr("en", "Withdrawn by {party}: please do nothing more about it.", party=referral.party))
    c.withdraw(case, {recipient.name for recipient in to}, words)
    refresh(c, case, referral)
    c.tell(to, f"{_key(case, referral)}:withdrawn", words, case=case)
    return case


def follow(c: Composer, before: Case, case: Case) -> Case:
    """Take back what went to a desk of a State that somebody must be protected from by now."""
    agreement = c.context.agreement
    for referral in case.referrals:
        if not referral.is_live or still_for(case, referral, agreement) == still_for(before, referral, agreement):
            continue
        if still_for(case, referral, agreement):
            refresh(c, case, referral)  # somebody else of them is still for the desk
            continue
        case = withdraw(c, case, referral)
        tell_side(c, case, referral, tr("en", "The referral to {desk} was taken back, because that desk may not know "
                  "of the person any more. It was told to do nothing more.", desk=name_of(c, referral)))  # fmt: skip
    return case


def ended(c: Composer, case: Case) -> None:
    """Tell every desk that has, or is asked for, the person that the case has ended; not how."""
    for younger in c.view.joined(case):
        ended(c, c.put(deadlines.stop(younger, DeadlineKind.REFERRAL, c.now)) if younger.referrals else younger)
    for referral in (each for each in case.referrals if each.is_live):
        words = _headed(case, tr("en", "{party} has closed the case. Nothing more is asked of you about it; if you "
                                 "need to write: /note {reference} text", party=referral.party,
                                 reference=case.reference))  # fmt: skip
        refresh(c, case, referral)
        c.tell(at_support(c, referral), f"{_key(case, referral)}:closed:{c.inbox_id}", words, case=case)


def again(c: Composer, case: Case) -> Case:
    """A case was opened again: its desks hear of it, and those that did not answer are waited for anew."""
    for referral in (each for each in case.referrals if each.is_live):
        if referral.state is ReferralState.SENT:
            case = with_referral(case, replace(referral, next_at=c.now + first_wait(c, case)))
        words = _headed(case, tr("en", "{party} has opened the case again.", party=referral.party))
        refresh(c, case, referral)
        c.tell(at_support(c, referral), f"{_key(case, referral)}:opened:{c.inbox_id}", words, case=case)
    return _watched(c, case)


def due(c: Composer, case: Case, deadline_id: int) -> None:
    """Remind the desks that have not answered when their moment has come, and their side from the second time on."""
    if deadlines.fallen_due(case, deadline_id, c.now) is None:
        return
    for referral in case.referrals:
        if referral.state is not ReferralState.SENT or referral.next_at is None or referral.next_at > c.now:
            continue
        number = referral.pings + 1
        repeat = case.policy(c.context.agreement).repeat
        case = with_referral(case, replace(referral, pings=number, next_at=c.now + repeat))
        _remind(c, case, referral, number, deadline_id)
    c.put(_watched(c, case))


def _remind(c: Composer, case: Case, referral: Referral, number: int, deadline_id: int) -> None:
    words = _headed(case, tr("en", "You were asked to take somebody in, and have not answered. /accept {reference} and "
                             "who takes them, or /return {reference} and why not. {link}", reference=case.reference,
                             link=link(c.context.public_url, case)))  # fmt: skip
    key = f"{_key(case, referral)}:ping:{number}"
    told = c.tell(at_support(c, referral), key, words, kind=OutgoingKind.PING, case=case,
                  buttons=keyboard(case, referral), deadline_id=deadline_id)  # fmt: skip
    if number > 1 or not told:
        side = side_of_case(case, referral.party, c.context.agreement, c.view.directory)
        theirs = _headed(case, tr("en", "{desk} has not answered the referral. Call them, or take it back: /refer "
                                  "{reference} {id} off reason", desk=name_of(c, referral), id=referral.desk,
                                  reference=case.reference))  # fmt: skip
        c.tell(side, f"{key}:own", theirs, kind=OutgoingKind.PING, case=case, deadline_id=deadline_id)
    c.journal(JournalAct.REFERRAL_PINGED, case, desk=referral.desk, side=referral.party, number=number)


def kept_on(c: Composer, case: Case) -> Case:
    """A case that was joined to another one has not ended for its desks: they are still waited for."""
    return _watched(c, case)


def refresh(c: Composer, case: Case, referral: Referral) -> None:
    """Bring what the desk has up to date, where the messenger can change a message."""
    for recipient in at_support(c, referral):
        c.tell(
            [recipient],
            f"{_key(case, referral)}:edit:{c.inbox_id}",
            _text(c, case, referral, recipient),
            kind=OutgoingKind.EDIT,
            case=case,
            buttons=keyboard(case, referral),
            replaces=_key(case, referral),
        )


def _text(c: Composer, case: Case, referral: Referral, recipient: Recipient) -> str:
    agreement, directory = c.context.agreement, c.view.directory
    overheard = is_overheard(recipient, agreement, directory)
    return text(case, referral, agreement, directory, c.context.public_url, is_overheard=overheard)


def tell_side(
    c: Composer,
    case: Case,
    referral: Referral,
    sentence: str,
    words: Guarded | None = None,
    buttons: Keyboard = (),
) -> tuple[Recipient, ...]:
    """Tell the side that referred, and nobody else, with words of the desk where nobody of another side reads along."""
    side = side_of_case(case, referral.party, c.context.agreement, c.view.directory)
    told: list[Recipient] = []
    for recipient in side:
        if c.person is not None and recipient.name == f"person:{c.person.id}":
            continue
        overheard = is_overheard(recipient, c.context.agreement, c.view.directory)
        said = _said(c, case, referral, words, recipient, overheard=overheard)
        lines = (sentence, *said)
        key = gates.side_key(case, referral.party, f"referral:{referral.id}:{c.inbox_id}")
        told += c.tell([recipient], key, _headed(case, *lines), case=case, buttons=buttons)
    return tuple(told)


def _said(
    c: Composer, case: Case, referral: Referral, words: Guarded | None, recipient: Recipient, *, overheard: bool
) -> Iterable[str]:
    if words is None or not words:
        return ()
    person = recipient.person
    agreement = c.context.agreement
    if person is not None:
        reader = Reader.of(person, agreement, is_overheard=overheard)
    else:
        reader = Reader(recipient.party, is_overheard=overheard)
    by = c.person.id if c.person is not None else None
    said = support_words(words, by, referral.party, case, reader, Way.RELAY)
    return (said,) if said else (tr("en", "Read it: {link}", link=link(c.context.public_url, case)),)


def at_support(c: Composer, referral: Referral) -> tuple[Recipient, ...]:
    """Make the recipients of the desk that a referral went to; nobody where it is no support desk of its side now."""
    desk = c.context.agreement.desks.get(referral.desk)
    is_theirs = bool(desk_reader(referral, c.context.agreement).party)
    return at_desk(desk, c.view.directory) if is_theirs and desk is not None else ()


def told_as(c: Composer, referral: Referral, language: str) -> str:
    """Say in one line how a referral stands, to the side that made it."""
    state = tr(language, STATES[referral.state])
    return tr(language, "Referred to {desk}: {state}", desk=name_of(c, referral), state=state)


#: How a referral stands, for the side that made it.
STATES = for_each(
    ReferralState,
    {
        ReferralState.SENT: later("not answered yet"),
        ReferralState.ACCEPTED: later("taken in"),
        ReferralState.RETURNED: later("returned"),
        ReferralState.WITHDRAWN: later("taken back"),
    },
)


def name_of(c: Composer, referral: Referral) -> str:
    """Name the desk of a referral."""
    desk = c.context.agreement.desks.get(referral.desk)
    return desk_name(desk) if desk is not None else referral.desk


def _key(case: Case, referral: Referral) -> str:
    return gates.side_key(case, referral.party, f"referral:{referral.id}")


def _headed(case: Case, *lines: str) -> str:
    return "\n".join((f"{urgency_name(case.urgency, 'en')} · {case.reference}", *lines))


def _watched(c: Composer, case: Case) -> Case:
    """Let the clock look when the next desk is to be reminded; not at all when none is waited for."""
    moments: list[datetime] = [r.next_at for r in case.referrals if r.next_at is not None]
    if not moments or not (case.is_open or case.joined_to is not None):
        return deadlines.stop(case, DeadlineKind.REFERRAL, c.now)
    timer = case.deadline(DeadlineKind.REFERRAL)
    if timer is not None and timer.is_running:  # the same one as long as any is waited for: reminders name it
        return deadlines.look_at(case, DeadlineKind.REFERRAL, min(moments))
    return deadlines.arm(case, DeadlineKind.REFERRAL, min(moments), c.context.new_id, now=c.now)
