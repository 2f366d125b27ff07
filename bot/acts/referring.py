"""Referring a case to a support desk of the own side, and taking it back: `/refer REF desk yes`, `... desk off why`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.acts.request import ActRequest, done, is_allowed, offered, prompt, shown_name
from bot.channels import referrals
from bot.channels.gate_effects import own_side
from bot.channels.referral_words import spoken_of
from bot.clock.alerts import act_button
from bot.domain.agreement import Desk, DeskRole
from bot.domain.case import Case
from bot.domain.fields import field, is_field
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.names import rows
from bot.domain.recipients import at_desk, desk_name
from bot.domain.referral import Referral, ReferralState
from bot.domain.secure_entry import SecureField
from bot.intake.consent import ask
from bot.language.folding import begins
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.protection import gates, referral_gate
from bot.protection.gate_words import missing_names, waits
from bot.protection.gates import Blocked, Needs
from bot.protection.redaction_policy import Way, secure_for
from bot.protection.seen_by import shown_numbers
from bot.protection.shown_persons import in_place_of
from bot.protection.standings import Reader

_SAID = re.compile(r"\W*(yes|no|off)\b[\s,:;.]*", re.IGNORECASE)


def refer(request: ActRequest) -> None:
    """Ask a support desk of the own side to take somebody in, or take that back."""
    if not is_allowed(request):
        return
    agreement, party = request.c.context.agreement, request.person.party
    desks = agreement.desks_of(party, DeskRole.SUPPORT)
    if not desks:
        request.say(tr(request.language, "{party} has no support desk in this bridge. Please tell your admin.",
                       party=party))  # fmt: skip
        return
    desk, rest = _desk(request.text, desks)
    if desk is None:
        _ask_which(request, desks)
        return
    found = begins(_SAID, rest)
    said, reason = (found[0][1].lower(), found[1].strip()) if found else ("", rest)
    if said == "off":
        _take_back(request, desk, reason)
    elif not _asked_for(request, desk) and referrals.live_at(request.case, desk.id):
        words = tr(request.language, "{reference} is referred to {desk} already. To take that back: /refer {reference} "
                   "{id} off reason", reference=request.case.reference, desk=desk_name(desk), id=desk.id)  # fmt: skip
        request.say(words)
    elif said == "no":
        request.c.journal(JournalAct.REFERRAL_STOPPED, request.case, desk=desk.id, side=party, reason="no_consent")
        request.say(tr(request.language, "Not referred: the person does not agree. Nothing was sent."))
    else:
        _at_the_gate(request, desk, has_consent=said == "yes")


def _desk(text: str, desks: Sequence[Desk]) -> tuple[Desk | None, str]:
    """Read which desk is meant, by id, place in the list or name, and what follows; where there is one, that one."""
    words = text.strip()
    for place, desk in enumerate(desks, start=1):
        for name in (desk.id, desk.name, str(place)):
            if plain(words) == plain(name):
                return desk, ""
            found = begins(re.compile(rf"\W*{re.escape(name)}(?![\w-])[\s,:;.]*", re.IGNORECASE), words)
            if found is not None:
                return desk, found[1].strip()
    return (desks[0], words) if len(desks) == 1 else (None, words)


def _ask_which(request: ActRequest, desks: Sequence[Desk]) -> None:
    whom = "".join(f"/{number} " for number in request.whom[:1]) if len(request.whom) == 1 else ""
    choices = [
        act_button(request.case, desk.name, request.act, f"{whom}{place}") for place, desk in enumerate(desks, start=1)
    ]
    named = ", ".join(desk.id for desk in desks)
    prefix = f"/{','.join(map(str, request.whom))}" if request.whom else ""
    prompt(request, tr(request.language, "To which support desk? Tap, or type: {desks}", desks=named), prefix,
           rows(choices, width=1))  # fmt: skip


def _asked_for(request: ActRequest, desk: Desk) -> tuple[int, ...]:
    """For whom it is: those named, and else all of whom the side knows; nobody for whom the desk was asked already."""
    known = shown_numbers(request.case, request.person.party, request.c.context.agreement)
    already = {number for referral in referrals.live_at(request.case, desk.id) for number in referral.covers}
    return tuple(number for number in (request.whom or known) if number in known and number not in already)


def _at_the_gate(request: ActRequest, desk: Desk, *, has_consent: bool) -> None:
    case, agreement = request.case, request.c.context.agreement
    whom = _asked_for(request, desk)
    found = {n: referral_gate.check(case, n, desk, agreement, has_consent=has_consent) for n in whom}
    if not found or any(isinstance(verdict, Blocked) for verdict in found.values()):
        _blocked(request, desk)
        return
    missing = {n: verdict.missing for n, verdict in found.items() if isinstance(verdict, Needs)}
    others = {n: tuple(m for m in names if m != referral_gate.CONSENT) for n, names in missing.items()}
    if any(others.values()):
        _is_missing(request, desk, {n: names for n, names in others.items() if names})
    elif missing:
        _ask_consent(request, desk)
    else:
        _send(request, desk, whom)


def _blocked(request: ActRequest, desk: Desk) -> None:
    """Say that this desk may not be told. Only the reporting side learns why, and it looks as if something misses."""
    c, case = request.c, request.case
    c.journal(JournalAct.REFERRAL_STOPPED, case, desk=desk.id, side=request.person.party, reason="feared")
    if request.person.party == case.reporting:
        request.say(
            tr(request.language, "Not referred: {desk} belongs to a State that the person must be protected from. "
               "Nothing was sent, and nobody can open that. Think of UNHCR, IOM or a shelter that no State runs.",
               desk=desk_name(desk)),
            offered(case, request),
        )  # fmt: skip
        return
    request.say(waits(case, request.language), offered(case, request))
    _tell_reporting(request, desk, tr("en", "It must not go there: the person must be protected from that State."))


def _is_missing(request: ActRequest, desk: Desk, missing: dict[int, tuple[str, ...]]) -> None:
    """Name what is missing to whoever can supply it, and ask the officer what only the person can say."""
    c, case = request.c, request.case
    named = [missing_names(names, in_place_of(case, number).reference, "en") for number, names in missing.items()]
    c.journal(JournalAct.REFERRAL_STOPPED, case, desk=desk.id, side=request.person.party, reason="missing")
    words = tr("en", "Missing: {missing}.", missing="; ".join(dict.fromkeys(named)))
    if request.person.party == case.reporting:
        request.say(f"{case.reference}: {tr(request.language, 'Not referred yet, nothing was sent.')} {words}",
                    offered(case, request))  # fmt: skip
    else:
        request.say(waits(case, request.language), offered(case, request))
        _tell_reporting(request, desk, words)
    questions = [name for names in missing.values() for name in names if is_field(name)]
    if questions:
        lead = tr("en", "{reference}: a support desk is to be asked. Before that one answer is needed:",
                  reference=case.reference)  # fmt: skip
        ask(c, case, field(questions[0]), lead, "referral")


def _tell_reporting(request: ActRequest, desk: Desk, words: str) -> None:
    """Tell the reporting side what the other one waits for: that it wants to refer, and to which of its desks."""
    c, case = request.c, request.case
    lead = tr("en", "{who} wants to refer {reference} to {desk}. Nothing was sent.", who=shown_name(request),
              reference=case.reference, desk=desk_name(desk))  # fmt: skip
    c.tell(own_side(c, case), gates.key_of(case, f"referral:{c.inbox_id}"), f"{lead} {words}", case=case)


def _ask_consent(request: ActRequest, desk: Desk) -> None:
    words = tr(
        request.language,
        "Does the person agree that {desk} is told their age group, the help asked for, the area, their language and "
        "what they need for their health? Ask them first; their answer is kept with your name.",
        desk=desk_name(desk),
    )
    whom = f"/{','.join(map(str, request.whom))} " if request.whom else ""
    labels = ((tr(request.language, "Yes, they agree"), "yes"), (tr(request.language, "No"), "no"))
    choices = [act_button(request.case, label, request.act, f"{whom}{_short(request, desk)} {said}")
               for label, said in labels]  # fmt: skip
    prompt(request, words, f"{whom}{desk.id}", rows(choices))


def _short(request: ActRequest, desk: Desk) -> str:
    """The place of a desk in the list: every button has room for it."""
    desks = request.c.context.agreement.desks_of(desk.party, DeskRole.SUPPORT)
    return str(desks.index(desk) + 1)


def _send(request: ActRequest, desk: Desk, whom: tuple[int, ...]) -> None:
    c, case, party = request.c, request.case, request.person.party
    if not at_desk(desk, c.view.directory):
        request.say(tr(request.language, "Nobody of {desk} can be reached, so nothing was sent. Please tell your "
                       "admin.", desk=desk_name(desk)))  # fmt: skip
        return
    ground = referral_gate.ground_of(case, whom[0], desk, c.context.agreement)
    referral = Referral(
        c.context.new_id(), case.id, desk.id, party, ReferralState.SENT, request.person.id, c.now, ground, whom,
        spoken=_language(request, case, whom),
    )  # fmt: skip
    case = c.put(referrals.send(c, case, referral))
    referrals.tell_side(c, case, referral, tr("en", "Referred to {desk} by {who}; it has not answered yet.",
                                              desk=desk_name(desk), who=shown_name(request)))  # fmt: skip
    done(
        request,
        case,
        tr(request.language, "referred to {desk}, which is asked to answer. To take it back: /refer {reference} {id} "
           "off reason", desk=desk_name(desk), reference=case.reference, id=desk.id),
    )  # fmt: skip


def _language(request: ActRequest, case: Case, whom: tuple[int, ...]) -> Guarded:
    """The newest language that the secure case has of them, where this side may read it."""
    c, agreement = request.c, request.c.context.agreement
    reader, secured = Reader(request.person.party, desk=DeskRole.DUTY), c.secure(case)
    entries = [e for e in secured.entries if e.field is SecureField.LANGUAGE and e.subject in whom]
    for entry in reversed(entries):
        said = secure_for(entry, case, reader, Way.SECURE, agreement)
        if said:
            return Guarded(spoken_of(said, "en"))
    return Guarded("")


def _take_back(request: ActRequest, desk: Desk, reason: str) -> None:
    c, case = request.c, request.case
    live = referrals.live_at(case, desk.id)
    if not live:
        request.say(tr(request.language, "{reference} is not referred to {desk}.", reference=case.reference,
                       desk=desk_name(desk)))  # fmt: skip
        return
    if not reason:
        prompt(request, tr(request.language, "Why is the referral taken back? One line; the desk does not read it."),
               f"{desk.id} off")  # fmt: skip
        return
    for referral in live:
        case = referrals.withdraw(c, case, referral, reason)
    case = c.put(case)
    referrals.tell_side(c, case, live[-1], tr("en", "The referral to {desk} was taken back by {who}.",
                                              desk=desk_name(desk), who=shown_name(request)))  # fmt: skip
    done(request, case, tr(request.language, "the referral to {desk} is taken back; it was told.",
                           desk=desk_name(desk)))  # fmt: skip
