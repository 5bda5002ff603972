"""Returns area names for the pages: in Chinese as they are, in English romanised ("Xifeng District").

Grids, venues, partners and people keep their Chinese names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from sql.files.columns import LEVELS
from sql.semantic.scope import Area, Scope

_ENDINGS = {"社区居民委员会": "社区", "社区居委会": "社区", "居民委员会": "", "居委会": "", "办事处街道": "街道"}
# The level at the end of a name, the longest first; a residents' committee is a community's.
_LEVELS = {
    "回族自治县": "Hui Autonomous County",
    "社区居民委员会": "Community",
    "社区居委会": "Community",
    "居民委员会": "Community",
    "居委会": "Community",
    "办事处街道": "Subdistrict",
    "开发区": "Development Zone",
    "自治州": "Autonomous Prefecture",
    "自治区": "Autonomous Region",
    "回族乡": "Hui Township",
    "农场": "Farm",
    "林场": "Forest Farm",
    "街道": "Subdistrict",
    "社区": "Community",
    "镇": "Town",
    "乡": "Township",
    "村": "Village",
    "区": "District",
    "县": "County",
    "市": "City",
    "省": "Province",
}
# Words within a name that say what stands there.
_WITHIN = {"工业集中区": "Industrial Zone", "工业园区": "Industrial Park", "街道": "Street"}
# Where a name has a road in it, the road's own word stands by itself: Changqing Beilu.
_ROAD = re.compile(r"(?<=..)([东西南北中]?(?:大街|路|(?<!大)街|巷))$")
# What stands before a part of a name: a town or county that the part lies in.
_OUTER = re.compile(r"^(.{1,3}[镇县])(?=.)")
# 高密市朝阳街道 is the Chaoyang Subdistrict of Gaomi.
_CITY = re.compile(r"^.{2,3}市(?=..)")
# What pypinyin reads otherwise, as it is said there.
_READINGS = {
    "什社": ["shi", "she"],
    "廿里堡": ["nian", "li", "pu"],
    "朝阳": ["chao", "yang"],
    "洪洞": ["hong", "tong"],
    "大牟家": ["da", "mu", "jia"],
    "解家": ["xie", "jia"],
    "翟家": ["zhai", "jia"],
    "长庆": ["chang", "qing"],
    "阚家": ["kan", "jia"],
    "咀": ["zui"],
    "湫": ["qiu"],
    "都": ["du"],
}
_KNOWN = re.compile(f"({'|'.join(_READINGS)})")
# The columns of rows that hold names of areas, or codes. `place_name` may be a venue's too.
AREA_NAMES = {"area_name", "district", "district_name", "place", *(f"{level}_name" for level in LEVELS)}
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def area_name(area: Area) -> str:
    """Returns the area's name for a sentence or a button; 全部 for the root."""
    return _("全部") if area.code is None else spoken_name(area.name)


def whole_name(scope: Scope) -> str:
    """Returns the scope's name, marked where only some of its counties are in the product."""
    if scope.area.is_whole:
        return area_name(scope.area)
    return _("{who}（仅含 {count} 个已接入区县）").format(who=area_name(scope.area), count=scope.area.counties)


def spoken_name(name: str) -> str:
    """Returns an area's name in the reader's language: 西峰区, Xifeng District."""
    return name if texts.language() == "zh" else _romanised(name)


def heading_name(area: Area) -> str:
    """Returns the area's name where there is room for both; 全部 for the root."""
    return _("全部") if area.code is None else full_name(area.name)


def full_name(name: str) -> str:
    """Returns the same where there is room for both: 西峰区, Xifeng District 西峰区."""
    spoken = spoken_name(name)
    return spoken if spoken == name else f"{spoken} {name}"


def short_name(name: str) -> str:
    """Returns an area's name without the words that its kind shares: 梅园社区居民委员会 becomes 梅园社区, Meiyuan."""
    if texts.language() == "en":
        stem, _level = _split(name)
        return _stem(stem) if stem else name
    for ending, replacement in _ENDINGS.items():
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending) + replacement
    return name


@lru_cache(maxsize=16384)
def _romanised(name: str) -> str:
    stem, level = _split(name)
    return f"{_stem(stem)} {level}".strip() if stem else name


def _split(name: str) -> tuple[str, str]:
    """Splits a name into its own part and its level in English; both empty where it names no area, as a grid's.

    A name of two characters is one word: 环县 is Huanxian.
    """
    if not _CHINESE.fullmatch(name):
        return "", ""
    for ending, level in _LEVELS.items():
        if name.endswith(ending) and len(name) > len(ending) + (len(ending) == 1):
            stem = name.removesuffix(ending)
            return (_CITY.sub("", stem) if level == "Subdistrict" else stem), level
    is_one_word = len(name) == 2 and name[-1] in _LEVELS
    return (name, "") if is_one_word else ("", "")


@lru_cache(maxsize=16384)
def _stem(text: str) -> str:
    """Writes Chinese in Latin letters, its parts apart."""
    for word, english in _WITHIN.items():
        before, separator, after = text.partition(word)
        if separator:
            return " ".join(filter(None, (before and _stem(before), english, after and _stem(after))))
    if len(text) > 2 and (outer := _OUTER.match(text)):
        return f"{_romanised(outer[1])} {_stem(text[outer.end() :])}"
    if text[-1] in "镇县" and len(text) > 2:
        return _romanised(text)
    return " ".join(_word(part) for part in _ROAD.sub(r" \1", text).split())


def _word(text: str) -> str:
    """Writes one word of pinyin, an apostrophe before a syllable that begins with a vowel: Ge'er."""
    syllables = [
        syllable
        for part in _KNOWN.split(text)
        if part
        for syllable in _READINGS.get(part) or lazy_pinyin(part, v_to_u=True)
    ]
    return "".join(
        f"'{syllable}" if place and syllable[0] in "aeo" else syllable for place, syllable in enumerate(syllables)
    ).capitalize()
