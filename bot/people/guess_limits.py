"""Guesses: what counts as one, how long the answer to one more takes, and who hears of it. Decides, does no I/O.

What is right is never counted, so it costs nothing and is never slowed. Answers are the same whether the thing that was
guessed at exists or not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import reference
from bot.domain.agreement import Agreement
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Inbound
from bot.domain.people import Person, Stranger
from bot.domain.recipients import Recipient, admins, supervisors, unique
from bot.domain.typed_commands import ABOUT_CASE, Command, command_of, reference_alone
from bot.language.texts import tr
from bot.people.enrolment import is_code
from bot.ports.reads import Try
from bot.protection.permissions import may_see, referral_for
from bot.turns.composer import Composer
from bot.turns.view import View

MISSES = 10  #: references within the window whose answers come at once
MISSES_WITHIN = timedelta(minutes=10)
CODES = 200  #: codes that all strangers together may try at one account within the window
CODES_WITHIN = timedelta(hours=1)
LINKS = 20  #: wrong sign-in links from one client address within the window
LINKS_WITHIN = timedelta(minutes=10)
WRONG_CODES = 5  #: codes that one stranger may get wrong before the next ones have to wait
_FIRST_CODE_WAIT = timedelta(minutes=15)
_LONGEST_CODE_WAIT = timedelta(hours=24)
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=10)


def of_references(person: Person) -> Try:
    """References that a person types or opens and that name nothing they may see."""
    return Try("reference", f"person:{person.id}", MISSES_WITHIN)


def of_codes(message: Inbound) -> Try:
    """Codes tried at one of our accounts, by anybody."""
    return Try("code", f"{message.messenger}:{message.account}", CODES_WITHIN)


def of_links(client: str) -> Try:
    """Sign-in links that are none, from one client address."""
    return Try("link", client, LINKS_WITHIN)


def tries(message: Inbound, view: View, now: datetime, agreement: Agreement) -> tuple[Try, ...]:
    """Say what of a message has to be counted before it is answered; nothing of what is right."""
    is_said = message.text and not (message.button or message.origin)
    command = command_of(message) or reference_alone(message.text) if is_said else None
    if command is None or message.sender is None:
        return ()
    person = view.directory.at(message.sender)
    if person is not None and person.is_active:
        return (of_references(person),) if _is_miss(command, person, view, agreement) else ()
    stranger = view.stranger(message.sender)
    is_slowed = stranger is not None and stranger.blocked_until is not None and stranger.blocked_until > now
    return (of_codes(message),) if command.name == "start" and is_code(command.rest) and not is_slowed else ()


def wait_after(misses: int) -> timedelta:
    """How long the answer to one more miss waits; it doubles with each."""
    over = misses - MISSES
    return timedelta() if over <= 0 else min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(over - 1, 10))


def after_wrong_code(stranger: Stranger, now: datetime) -> Stranger:
    """Count one more wrong code of a stranger; from the fifth on each doubles the wait before the next is looked at."""
    wrong = stranger.wrong_codes + 1
    if wrong < WRONG_CODES:
        return replace(stranger, wrong_codes=wrong)
    wait = min(_LONGEST_CODE_WAIT, _FIRST_CODE_WAIT * 2 ** min(wrong - WRONG_CODES, 10))
    return replace(stranger, wrong_codes=wrong, blocked_until=now + wait)


def too_many_codes(c: Composer) -> bool:
    """Whether strangers have tried so many codes here that none is looked at for now; the admins hear of it."""
    if c.message is None or c.view.tries(of_codes(c.message)) <= CODES:
        return False
    words = tr(
        "en",
        "Strangers try one invite code after another at {account}. For up to an hour no code is taken there. Codes "
        "cannot be guessed in that time; new people have to wait.",
        account=c.message.messenger,
    )
    everybody = unique(r for party in c.context.agreement.parties for r in admins(c.view.directory, party))
    key = f"guesses:code:{c.message.messenger}:{c.message.account}:{c.now.date().isoformat()}"
    _report(c, everybody, key, words)
    return True


def answer_to_miss(c: Composer) -> datetime | None:
    """When a person may hear that there is no such case; None at once. Beyond the limit their side hears of it."""
    if c.person is None:
        return None
    misses = c.view.tries(of_references(c.person))
    if misses <= MISSES:
        return None
    report_misses(c, c.person)
    return c.now + wait_after(misses)


def report_misses(c: Composer, person: Person) -> None:
    """Tell the supervisors and admins of a person's side, once a day."""
    words = tr(
        "en",
        "{name} ({role}) asked for more than {count} cases within ten minutes that do not exist or are not for them. "
        "Please ask why. To cut the phone off: /lost {id}",
        name=person.name,
        role=person.role.value,
        count=MISSES,
        id=c.view.directory.short(person),
    )
    told = unique((*supervisors(c.view.directory, person.party), *admins(c.view.directory, person.party)))
    others = tuple(r for r in told if r.name != f"person:{person.id}")
    _report(c, others, f"guesses:reference:{person.id}:{c.now.date().isoformat()}", words, person=person.id)


def report_links(c: Composer, client: str) -> None:
    """Tell all admins, once a day for each client address, which only the journal names."""
    words = tr(
        "en",
        "Somebody tries one sign-in link after another from one address; it is in the journal. Links cannot be "
        "guessed; that address has to wait.",
    )
    everybody = unique(r for party in c.context.agreement.parties for r in admins(c.view.directory, party))
    _report(c, everybody, f"guesses:link:{client}:{c.now.date().isoformat()}", words, client=client)


def _report(c: Composer, told: tuple[Recipient, ...], key: str, words: str, **details: object) -> None:
    c.journal(JournalAct.MANY_GUESSES, None, kind=key.split(":")[1], **details)
    c.tell(told, key, words)


def _is_miss(command: Command, person: Person, view: View, agreement: Agreement) -> bool:
    if command.name not in ABOUT_CASE:
        return False
    named = reference.find_in(command.rest)
    if named is None:
        return reference.looks_like(command.rest.split("\n")[0])
    case = view.referred(named[0])
    if case is not None and referral_for(person, case, agreement) is not None:
        return False
    return case is None or not may_see(person, case, agreement)
