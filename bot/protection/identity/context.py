"""Which words around a number say what it is: passport, telephone, account. In the languages of the parties. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from enum import Enum, auto
from functools import cached_property
from operator import itemgetter

from bot.domain.closed_sets import for_each
from bot.protection.identity.folding import fold


class About(Enum):
    """What a word says about the number beside it."""

    DOCUMENT = auto()
    RESIDENT = auto()
    PHONE = auto()
    ACCOUNT = auto()
    PLACE = auto()
    CODE = auto()  #: an invite code


_BEFORE = 30  #: characters between a word and its number
_AFTER = 25

#: With the usual slips of the pen; spaces may be missing.
_LATIN = for_each(About, {
    About.DOCUMENT: (
        "passports?", "pas+port", "passpot", "pasp+ort", "pp", "ppt", "travel ?doc(?:ument)?s?", "border ?pass",
        "travel ?permit", "laissez.passer", "ho ?chieu", "giay ?thong ?hanh", "hu ?zhao(?: ?hao(?:ma)?)?",
        "tong ?xing ?zheng", "lu ?xing ?zheng", "likh?et ?ch?hlong ?daen", "likhet chhlang den", "visa",
        "doc(?:ument)?",
    ),
    About.RESIDENT: (
        "id", "id ?card", "id ?no", "national ?id", "nid", "identity ?(?:card|no|number)", "cccd", "cmnd", "can ?cuoc",
        "chung ?minh", "shen ?fen ?zheng(?: ?hao)?", "sfz(?: ?hao)?", "at+asanh?n?h?ean", "at+asanhnhean ?ban",
    ),
    About.PHONE: (
        "tel", "telephone", "phone", "mobile", "cell", "call", "calls", "called", "whatsapp", "viber", "signal", "sms",
        "hotline", "fax", "sim", "number is", "my number", "her number", "his number", "their number",
        "t(?:u|ou)r?o?sap", "le?i?k tour?o?sap", "dian ?hua", "shou ?ji", "zuo ?ji", "sdt", "so ?dien ?thoai",
        "dien ?thoai", "goi(?: ?so)?", "zalo", "dt",
    ),
    About.ACCOUNT: (
        "account", "acct", "acc", "a/c", "iban", "bank(?: ?card)?", "card", "aba", "acleda", "wing", "alipay",
        "ka ?hao", "zhang ?hao", "yin ?hang ?ka", "tai ?khoan", "stk", "konto", "kon?ni", "qq", "imei", "serial",
    ),
    About.PLACE: (
        "gps", "coordinates?", "coords?", "lat", "latitude", "location", "pin", "toa ?do", "zuo ?biao", "wei ?zhi",
    ),
    About.CODE: ("code", "invite", "start"),
})  # fmt: skip
_OTHERS = for_each(
    About,
    {
        About.DOCUMENT: ("លិខិតឆ្លងដែន", "ប៉ាស្ព័រ", "护照", "護照", "旅行证", "通行证"),
        About.RESIDENT: ("អត្តសញ្ញាណ", "身份证", "身份證"),
        About.PHONE: ("ទូរស័ព្ទ", "លេខទូរស័ព្ទ", "电话", "電話", "手机", "手機", "座机"),
        About.ACCOUNT: ("គណនី", "银行卡", "账号", "帐号", "卡号"),
        About.PLACE: ("ទីតាំង", "坐标", "位置", "定位"),
    },
    but={About.CODE},
)


def _pattern() -> re.Pattern[str]:
    groups = []
    for about in About:
        latin = "|".join(sorted(_LATIN[about], key=len, reverse=True))
        others = "".join(f"|{fold(word).text}" for word in _OTHERS.get(about, ()))
        groups.append(f"(?P<{about.name}>(?<![a-z])(?:{latin})(?![a-z]){others})")
    return re.compile("|".join(groups))


_WORDS = _pattern()


class Words:
    """The telling words of one text; looked for once, and only when there is something to ask them about."""

    def __init__(self, text: str) -> None:
        """Take the folded text."""
        self._text = text

    @cached_property
    def _found(self) -> list[tuple[int, int, About]]:
        return [(m.start(), m.end(), About[m.lastgroup]) for m in _WORDS.finditer(self._text) if m.lastgroup]

    def about(self, start: int, end: int) -> About | None:
        """Say what the nearest word says of what stands from `start` to `end`; the one before it wins a tie."""
        before = bisect_right(self._found, start, key=itemgetter(1)) - 1
        after = bisect_left(self._found, end, key=itemgetter(0))
        nearest: tuple[int, About] | None = None
        if before >= 0 and start - self._found[before][1] <= _BEFORE:
            nearest = (start - self._found[before][1], self._found[before][2])
        if after < len(self._found):
            distance = self._found[after][0] - end
            if distance <= _AFTER and (nearest is None or distance < nearest[0]):
                nearest = (distance, self._found[after][2])
        return nearest[1] if nearest else None
