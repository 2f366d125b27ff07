"""Makes the fonts beside it out of Debian's Noto packages, and the table of what they have; run by hand, once.

    apt-get download fonts-noto-core fonts-noto-cjk, unpack both with dpkg-deb -x into one folder
    python -m bot.typesetting.subset_fonts FOLDER

Needs fonttools, which the program itself does not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.typesetting.glyphs import FONTS, TABLE

#: Latin of all languages of here, Vietnamese's too, with the signs of a letter.
_LATIN = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2AF), (0x2B0, 0x36F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F),
    (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2190, 0x2193), (0x2212, 0x2212), (0x25CC, 0x25CC), (0xFB00, 0xFB06),
)  # fmt: skip
#: Signs of names that the standard of 1980 does not have; others are printed as their code point.
_IN_NAMES = (
    "镕玥喆堃淼犇昇頔翀璟珺珮琤瑨玙玚珅琎琇堉垚骉骎骕婳嫄媞嬿妤姮姝娉婕瑢瑀璠璐璘璆璈璎瓅祎祺禛禔旻昉昕昳晅晖晗晙晞晢晫暄暅暐暲"
    "曈曌朏枏柷桢梣棪棽椤楙楒榑槿樾橦橞檬檿欤毓沄沚沣泆泓泠泖洺洢浛浥浠涔淏淳湉湲湜溦滢滪漪漾潆潇潼澍澔澧澴瀚瀛灏炆炜炅炘炫烔烜焓焱煊煜煦"
    "熠熳熹燊燚爔爽珩珣玹玭玢玟珈珝珞珧珹琀琊琋琛琦琨琪琬琰琲瑄瑗瑛瑭璇璋璨瓒甯畑疃皓皞皙睿瞳矞砚碁祐祓禧秾穆竑竣笈笙筠筱箐箫"
)  # fmt: skip
_CJK_SIGNS = ((0x3000, 0x303F), (0xFF00, 0xFFEF))


@dataclass(frozen=True)
class Source:
    """One font as it ships."""

    name: str  #: of the file to make
    path: str  #: of the file to take, below ``usr/share/fonts``
    signs: tuple[int, ...] | None  #: what is kept of it; None keeps everything
    number: int = -1  #: which font of a collection


def sources() -> Iterator[Source]:
    """List the fonts."""
    latin = tuple(sign for first, last in _LATIN for sign in range(first, last + 1))
    for weight in ("Regular", "Bold"):
        yield Source(f"NotoSerif-{weight}.ttf", f"truetype/noto/NotoSerif-{weight}.ttf", latin)
    for script in ("Khmer", "Thai", "Lao", "Myanmar"):
        yield Source(f"NotoSerif{script}-Regular.ttf", f"truetype/noto/NotoSerif{script}-Regular.ttf", None)
    yield Source("NotoSerifCJKsc-Regular.otf", "opentype/noto/NotoSerifCJK-Regular.ttc", tuple(chinese()), 2)


def chinese() -> Iterator[int]:
    """Simplified Chinese as GB 2312 has it, with signs of names."""
    cells = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    standard = (cell.decode("gb2312", "ignore") for cell in cells)
    yield from (ord(sign) for sign in standard if sign and ord(sign) >= 0x2E80)
    yield from map(ord, _IN_NAMES)
    yield from (sign for first, last in _CJK_SIGNS for sign in range(first, last + 1))


def make(source: Source, folder: Path) -> set[int]:
    """Write one font; answers with the signs that it has."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(hinting=False, layout_features=["*"], name_IDs=["*"], notdef_outline=True)
    options.recalc_timestamp = False
    taken = TTFont(folder / "usr/share/fonts" / source.path, fontNumber=source.number, recalcTimestamp=False)
    maker = subset.Subsetter(options)
    maker.populate(unicodes=source.signs if source.signs is not None else taken.getBestCmap())
    maker.subset(taken)
    taken.save(FONTS / source.name)
    return set(taken.getBestCmap())


def runs(signs: Iterable[int]) -> list[list[int]]:
    """Write a set of signs as first and last of each run."""
    found: list[list[int]] = []
    for sign in sorted(signs):
        if found and sign == found[-1][1] + 1:
            found[-1][1] = sign
        else:
            found.append([sign, sign])
    return found


def main(folder: Path) -> None:
    """Make all fonts and the table."""
    has = {source.name: runs(make(source, folder)) for source in sources()}
    TABLE.write_text(json.dumps(has, separators=(",", ":")).replace(',"', ',\n"') + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
