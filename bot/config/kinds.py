"""Kinds of values in the configuration, each with the sentence that is told when one cannot be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_core import PydanticCustomError

from bot.domain.countries import NAMES
from bot.domain.mail_address import MAIL_ADDRESS
from bot.domain.push import HOST_PATTERN
from bot.domain.rings import Weekly
from bot.record.age import is_recipient

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DURATION = re.compile(r"(?:\d{1,6}[dhms])+")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_SLOWEST, _FASTEST = 0.01, 10_000.0  #: of what is limited in a second or a minute
_LONGEST = timedelta(days=366)
_SHORTEST_INTERVAL = timedelta(minutes=1)
_LONGEST_KEPT = timedelta(days=36525)


def mistake(problem: str, remedy: str) -> PydanticCustomError:
    """Make the error that names a problem and its remedy as they are."""
    return PydanticCustomError("mistake", "{problem} {remedy}", {"problem": problem, "remedy": remedy})


def matching(pattern: str, problem: str, remedy: str) -> AfterValidator:
    """Make a validator that takes only texts of this whole pattern."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise mistake(problem, remedy)
        return text

    return AfterValidator(check)


def read_duration(value: object) -> timedelta:
    """Read ``15m``, ``1h30m``, ``7d``; raises the mistake that says how to write it."""
    if isinstance(value, timedelta):
        return value
    text = value.strip().lower() if isinstance(value, str) else ""
    if not _DURATION.fullmatch(text):
        raise mistake("is not a duration.", 'Write a number and d, h, m or s in quotes: "15m".')
    duration = _sum(text)
    if not timedelta() < duration <= _LONGEST:
        raise mistake("must be longer than nothing and at most 366 days.", 'Write for example "15m".')
    return duration


def read_patience(value: object) -> timedelta:
    """Read for how long whoever brings something may wait, ``5s``; raises the mistake that says how to write it."""
    duration = read_duration(value)
    if not timedelta(seconds=1) <= duration <= timedelta(minutes=1):
        raise mistake("must be from one second to one minute.", 'Write for example "5s".')
    return duration


def read_keeping(value: object) -> timedelta:
    """Read for how long something is kept, ``180d``; raises the mistake that says how to write it."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if isinstance(value, timedelta):
        return value
    if not _DURATION.fullmatch(text) or not timedelta(days=1) <= _sum(text) <= _LONGEST_KEPT:
        raise mistake("is not a time of one day to a hundred years.", 'Write a number of days in quotes: "180d".')
    return _sum(text)


def _sum(text: str) -> timedelta:
    return sum((timedelta(**{_UNITS[u]: int(n)}) for n, u in re.findall(r"(\d+)([dhms])", text)), timedelta())


def read_time_of_day(value: object) -> time:
    """Read ``06:00``; raises the mistake that says how to write it."""
    return _time_of_day(value, 'Write hours and minutes in UTC, in quotes: "06:00".')


def _time_of_day(value: object, remedy: str) -> time:
    if isinstance(value, time):
        return value
    found = _TIME_OF_DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise mistake("is not a time of day.", remedy)
    return time(int(found[1]), int(found[2]))


def read_week_moment(value: object) -> Weekly | None:
    """Read a moment of each week in UTC, ``mon 10:00``; None for nothing."""
    if isinstance(value, Weekly) or value is None:
        return value
    day, _, at = value.strip().lower().partition(" ") if isinstance(value, str) else ("?", "", "")
    if not day:
        return None
    found = _TIME_OF_DAY.fullmatch(at.strip())
    if day not in _WEEKDAYS or found is None:
        raise mistake("is not a moment of the week.", 'Write a day and a time of day in UTC, in quotes: "mon 10:00".')
    return Weekly(_WEEKDAYS.index(day), time(int(found[1]), int(found[2])))


def read_wait(value: object) -> timedelta:
    """Read how long something waits, ``0s`` for not at all; raises the mistake that says how to write it."""
    text = value.strip().lower() if isinstance(value, str) else ""
    return timedelta() if _DURATION.fullmatch(text) and not _sum(text) else read_duration(value)


def read_interval(value: object) -> timedelta:
    """Read how often something comes again, ``10m``; raises the mistake that says how to write it."""
    duration = read_duration(value)
    if duration < _SHORTEST_INTERVAL:
        raise mistake("is shorter than a minute.", 'Write for example "10m": whoever is flooded hears nothing.')
    return duration


def read_local_time(value: object) -> time:
    """Read a time of day at some place, ``08:00``; raises the mistake that says how to write it."""
    return _time_of_day(value, 'Write hours and minutes of local time, in quotes: "08:00".')


def read_closing_time(value: object) -> time | None:
    """Read until when something is open, ``17:00``; None for midnight, ``24:00``."""
    is_midnight = isinstance(value, str) and value.strip() == "24:00"
    return None if value is None or is_midnight else read_local_time(value)


def is_url(text: str, schemes: tuple[str, ...]) -> bool:
    """Whether this is an address of one of these schemes, with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _is_socket(text: str) -> bool:
    """Whether this is PostgreSQL on this machine, reached through the folder of its socket."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    folder = parse_qs(parts.query).get("host", [""])[0]
    return parts.scheme == "postgresql" and not parts.hostname and folder.startswith("/") and len(parts.path) > 1


def _url(*schemes: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text and not is_url(text, schemes):
            raise mistake("is not an address that can be used.", f"Write one that starts with {schemes[0]}://.")
        return text.rstrip("/")

    return check


def _base_url(text: str) -> str:
    """Take an address that other addresses begin with."""
    text = _url("https", "http")(text)
    parts = urlsplit(text)
    if not text.isascii() or not text.isprintable() or " " in text:
        raise mistake("holds a sign that no address may hold.", "Write it in ASCII; a name in other letters as xn--.")
    if text and (parts.query or parts.fragment or "@" in parts.netloc or "?" in text or "#" in text):
        raise mistake("holds more than a place.", "Write only the scheme, the host, and perhaps a port and a path.")
    if text and not _HOST.fullmatch(parts.hostname or ""):
        raise mistake("names no host.", "Write the name as a browser shows it: https://bridge.example.org.")
    return text


def _rate(rate: float) -> float:
    if rate != 0 and not _SLOWEST <= rate <= _FASTEST:
        raise mistake("is no limit that can be kept.", "Write a number from 0.01 to 10000, or 0 for no limit.")
    return rate


def _secret(check: Callable[[str], str]) -> Callable[[SecretStr], SecretStr]:
    return lambda secret: SecretStr(check(secret.get_secret_value()))


def _database(text: str) -> str:
    path = text.removeprefix("sqlite:///")
    with_one_host = re.sub(r"^(\w+://(?:[^/?@]*@)?[^/?@,]+)(,[^/?@,]+)+", r"\1", text)
    if (path != text and path) or is_url(with_one_host, ("postgresql",)) or _is_socket(text):
        return text
    raise mistake(
        "names no database that can be used.",
        'Write "sqlite:///casebridge-data/casebridge.db" or "postgresql://user@host/name".',
    )


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise mistake("is not a time zone.", 'Write its name in the tz database: "Asia/Phnom_Penh".') from None
    return name


def _network(text: str) -> str:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise mistake("is not an IP address or network.", 'Write for example "10.0.0.0/8".') from None
    return text


def _country(code: str) -> str:
    if code not in NAMES:
        raise mistake("is not a country code.", 'Write the two capital letters of ISO 3166: "KH".')
    return code


def _recipient(text: str) -> str:
    if text and not is_recipient(text):
        raise mistake("is no age recipient.", 'Write the public half of a pair from `age-keygen`: "age1...".')
    return text


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Patience = Annotated[timedelta, BeforeValidator(read_patience)]
Keeping = Annotated[timedelta, BeforeValidator(read_keeping)]
Wait = Annotated[timedelta, BeforeValidator(read_wait)]
Interval = Annotated[timedelta, BeforeValidator(read_interval)]
LocalTime = Annotated[time, BeforeValidator(read_local_time)]
ClosingTime = Annotated[time | None, BeforeValidator(read_closing_time)]
WeekMoment = Annotated[Weekly | None, BeforeValidator(read_week_moment)]
TimeOfDay = Annotated[time, BeforeValidator(read_time_of_day)]
WebAddress = Annotated[str, AfterValidator(_base_url)]
Rate = Annotated[float, AfterValidator(_rate)]
SecretWebAddress = Annotated[SecretStr, AfterValidator(_secret(_url("https", "http")))]
Proxy = Annotated[SecretStr, AfterValidator(_secret(_url("http", "https", "socks5")))]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_secret(_database))]
AgeRecipient = Annotated[str, AfterValidator(_recipient)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Network = Annotated[str, AfterValidator(_network)]
Country = Annotated[str, AfterValidator(_country)]
CountryOrNone = Annotated[str, AfterValidator(lambda text: text and _country(text))]
Language = Annotated[
    str, matching("[a-z]{2,3}(-[A-Za-z]{2,4})?", "is not a language code.", 'Write the code of ISO 639: "km".')
]
PartyCode = Annotated[str, matching("[A-Z]{2,3}", "is not a party code.", 'Write two or three capital letters: "KH".')]
CorridorCode = Annotated[
    str,
    matching(
        "(?!XX)[A-Z]{2}",
        "is not a corridor code.",
        'Write two capital letters, and not XX, which marks drills: "KC".',
    ),
]
DeskId = Annotated[
    str,
    matching(
        "[a-z0-9][a-z0-9-]{0,31}",
        "is not a desk id.",
        'Write small letters, digits and hyphens, at most 32: "kh-duty".',
    ),
]
MailAddress = Annotated[
    str, matching(f"({MAIL_ADDRESS.pattern})?", "is no mail address.", 'Write one as "it@bridge.example".')
]
PushHost = Annotated[
    str,
    matching(
        HOST_PATTERN,
        "is not the name of a push service.",
        'Write a host in small letters, or with "*." all below one: "fcm.googleapis.com", "*.push.apple.com".',
    ),
]
