"""Places of the country down to towns, and finding them in text (地名).

A full name (容城县, 大王镇) may stand anywhere; a bare name (朝阳, 和平) is a common word too, so it counts only
as a word of its own that is unique and not an ordinary word, or beside its province, city or county, or inside
the region given as `near`. What stays open between several regions stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import rjieba

from matcher.domain.values import Place
from matcher.errors import InvalidInput
from matcher.lexicon.files import DATA, loaded, local_gazetteer, number, read_table
from matcher.lexicon.phrases import PhraseTable
from matcher.lexicon.words import domain_words
from matcher.text.normalise import fold_case

_CONTEXT_CHARS = 24  # 上级地名在前面多远之内算作限定
_SUFFIX_AFTER = (
    "县城",
    "市区",
    "城区",
    "本地",
    "附近",
    "周边",
    "郊区",
    "境内",
    "县里",
    "城里",
    "老城",
    "新城",
)
_LOCATIVE_BEFORE = (
    "在",
    "去",
    "到",
    "回",
    "来自",
    "位于",
    "地址",
    "地点",
    "家住",
    "住",
    "区域",
    "离",
    "往",
    "限",
    "就近",
)
_AMBIGUOUS_CITIES = frozenset(
    {"阿里", "海北", "白银", "海南", "开封", "朝阳", "来宾", "玉树", "和田", "吴忠"}
)
_DIRECT = ("110000", "120000", "310000", "500000")
_COMPANY_AFTER = (
    "有限",
    "公司",
    "集团",
    "科技",
    "实业",
    "物业",
    "商贸",
    "大酒店",
    "牌",
    "广场",
    "大厦",
    "银行",
    "大学",
    "仓储",
    "药房",
    "商行",
    "餐饮",
    "家政",
)
# 路名、吃食、籍贯里的地名不是工作地点: 北京路, 兰州拉面, 河北人
_NOT_A_PLACE = re.compile(
    r"[东西南北中一二三四0-9]{0,2}(?:路(?!口)|街(?!道)|大道|大街|巷|胡同)|拉面|烤鸭|火锅(?![店馆城楼])|小吃(?![店街城])|米粉|烧饼|菜(?!市|场|园)|话|口音|户口|户籍|籍|人(?!社|民|力|才)|"
    r"热干面|肠粉|炸酱面|板鸭|烧鸡|牛肉面|刀削面|烩面|泡馍|老乡|味|料理"
)


_HOUSE_STYLES = frozenset({"重庆火锅", "沙县小吃", "成都小吃", "柳州米粉", "四川火锅"})
"""Kinds of food that carry a place's name wherever they are sold; 成都火锅店 stands in 成都."""
_CLOSE_CHARS = 2
_MOST_NAMES = 120
"""Names looked at in one text; no notice names so many places."""
_TOWN = 4
_TOWN_ENDS = "镇乡"
_SHORT_TOWN = 3
_TOWN_KIND, _TOWN_CODE_DIGITS = "乡镇", 12
"""Characters of a town's name that people cut short (南张镇 → 南张) beside its county."""


@dataclass(frozen=True, slots=True)
class _Name:
    """One region that a written name may mean. bare: written without its 省/市/区/县/镇."""

    place: Place
    adcode: str
    bare: bool
    needs_context: bool
    covers: tuple[str, ...] = ()
    official: bool = True  # from the division tables, not the gazetteer
    is_town: bool = False  # a gazetteer row that gives a town its name: the tables may lack it

    @property
    def depth(self) -> int:
        """1 province, 2 city, 3 county, 4 town."""
        if len(self.adcode) == 12:
            return _TOWN
        return 1 if self.adcode.endswith("0000") else 2 if self.adcode.endswith("00") else 3


@lru_cache(maxsize=65536)
def _parents(adcode: str) -> tuple[str, ...]:
    """Codes of a region and everything above it, the lowest first."""
    six = adcode[:6]
    chain = [adcode, six, six[:4] + "00", six[:2] + "0000"]
    return tuple(dict.fromkeys(chain))


def _inside(adcode: str, region: str) -> bool:
    """Whether a region lies in another one."""
    return region in _parents(adcode)


class PlaceTable:
    """Names of all regions with the rules for reading them."""

    def __init__(self, names: dict[str, list[_Name]]) -> None:
        self._phrases = PhraseTable({name: tuple(meanings) for name, meanings in names.items()})
        self._cutter: rjieba.Jieba | None = None
        known = [meaning for meanings in names.values() for meaning in meanings]
        self.by_code = {m.adcode: m.place for m in known if m.is_town} | {
            m.adcode: m.place for m in known if m.official
        }

    def find(self, text: str, near: str | None) -> list[tuple[int, int, Place]]:
        """See `find_places`."""
        folded = fold_case(text)
        found = self._phrases.find(folded)[:_MOST_NAMES]
        if not found:
            return []
        near_code = self.code_of(near) if near else None
        context: list[tuple[int, str]] = []
        result: list[tuple[int, int, Place]] = []
        cuts: frozenset[int] | None = None
        for start, end, meanings in found:
            above = [code for reached, code in context if start - reached <= _CONTEXT_CHARS]
            chosen = _choose(meanings, above, near_code)
            if chosen is None:
                continue
            if chosen.bare:
                if cuts is None:
                    cuts = self._cuts(folded)
                close = [code for reached, code in context if start - reached <= _CLOSE_CHARS]
                around = close if chosen.depth == _TOWN else above
                if not _stands_alone(folded, start, end, chosen, around, near_code, cuts):
                    continue
            context.append((end, chosen.adcode))
            result.append((start, end, chosen.place))
        return result

    def resolve(self, text: str, near: str | None) -> Place | None:
        """See `resolve_place`."""
        found = self.find(text, near)
        if not found:
            meanings = self._phrases.get(fold_case(text.strip()))
            chosen = (
                _choose(meanings, [], self.code_of(near) if near else None, whole=True) if meanings else None
            )
            return chosen.place if chosen else None
        first = found[0]
        best = first
        for start, end, place in found[1:]:
            if start - best[1] > 3 or place.region_code is None:
                break
            if best[2].region_code and not _inside(_short(place.region_code), _short(best[2].region_code)):
                break
            best = (start, end, place)
        return best[2]

    def code_of(self, near: str) -> str | None:
        """Region code (6 or 12 digits) of a code or name; None when it is unknown or open."""
        digits = near.strip()
        if digits.isdigit() and len(digits) in (6, 12):
            return _short(digits)
        meanings = self._phrases.get(fold_case(digits)) or ()
        chosen = _choose(meanings, [], None, whole=True) if meanings else None
        if chosen is None:
            found = self._phrases.find(fold_case(digits))
            above: list[str] = []
            for _, _, inner in found:
                chosen = _choose(inner, above, None, whole=True) or chosen
                if chosen:
                    above.append(chosen.adcode)
        if chosen is None:
            return None
        return chosen.covers[0] if chosen.covers else chosen.adcode

    def _cuts(self, folded: str) -> frozenset[int]:
        """Positions where a word begins or ends."""
        if self._cutter is None:
            self._cutter = rjieba.Jieba()
            for word, frequency in domain_words():
                self._cutter.add_word(word, frequency, None)
        positions = {0}
        reached = 0
        for word in self._cutter.cut(folded, False):
            reached += len(word)
            positions.add(reached)
        return frozenset(positions)


def _short(code: str) -> str:
    """Six digits for a county and above, twelve for a town."""
    return code[:6] if code.endswith("000000") else code


def _choose(
    meanings: Iterable[_Name], above: list[str], near: str | None, *, whole: bool = False
) -> _Name | None:
    """The one region meant, or None when the text leaves it open.

    above: regions named just before; near: region of the reader; whole: the name is the entire text.
    """
    options = list(meanings)
    for region in dict.fromkeys(reversed(above)):  # the nearest first, each once
        inside = [o for o in options if o.adcode != region and _inside(o.adcode, region)]
        if inside:
            return _only(inside)
    if near is not None:
        for region in _parents(near):
            inside = [o for o in options if _inside(o.adcode, region) or region in o.covers]
            if inside and region[2:] != "0000":
                return _only(inside)
            if len(inside) == 1:
                return inside[0]
    if not whole:
        options = [o for o in options if not o.needs_context]
    return _only(options)


def _only(options: list[_Name]) -> _Name | None:
    """The single option, or the highest when the others lie inside it (北京市 the city and the province)."""
    if not options:
        return None
    options = sorted(options, key=lambda o: (o.bare, o.depth, o.adcode))
    first = options[0]
    if first.bare and first.depth <= 2 and not first.needs_context:
        same_level = [o for o in options[1:] if o.depth == first.depth]
        return None if same_level else first  # 西安 是市, 不是两个西安区
    rest = [o for o in options[1:] if not _inside(o.adcode, first.adcode) and o.bare == first.bare]
    return None if rest else first


def _stands_alone(
    text: str, start: int, end: int, name: _Name, above: list[str], near: str | None, cuts: frozenset[int]
) -> bool:
    """Whether a bare name is used as a place here."""
    after, before = text[end : end + 3], text[max(0, start - 3) : start]
    anchored = any(_inside(name.adcode, region) for region in above) or after.startswith(_SUFFIX_AFTER)
    if _NOT_A_PLACE.match(text, end) or text[start : end + 2] in _HOUSE_STYLES or (
        name.depth > 2 and not anchored and after.startswith(_COMPANY_AFTER)
    ):
        return False
    if start not in cuts or end not in cuts:
        return anchored and bool(above)
    if name.needs_context:
        local = near is not None and (_inside(name.adcode, near[:4] + "00") or _inside(near, name.adcode))
        return anchored or (local and (before.endswith(_LOCATIVE_BEFORE) or start == 0 or end == len(text)))
    return True


def find_places(text: str, near: str | None = None) -> list[tuple[int, int, Place]]:
    """Places named in a text as (start, end, Place), in order; offsets are into `text`.

    near: region code or name of the office; it settles names that several regions share (和平, 城关镇).
    A name that stays open between regions is left out. lat/lng: centre of the county or above, GCJ-02; towns
    carry the centre of their county only when the gazetteer gives no better.
    """
    return places().find(text, near)


def resolve_place(text: str, near: str | None = None) -> Place | None:
    """The most exact place that a text begins with (河北省保定市容城县 → 容城县); None when unknown or open."""
    return places().resolve(text, near)


def place_of(region_code: str) -> Place | None:
    """The place of a 6- or 12-digit region code; None when the code is unknown."""
    return places().by_code.get(_short(region_code) if len(region_code) == 12 else region_code)


@loaded
def region_centres() -> dict[str, tuple[float, float]]:
    """Six-digit adcode → (lat, lng) of the county or city, from divisions.csv; those without a point left out."""
    rows = read_table("divisions.csv", ("adcode", "lng", "lat"))
    return {
        row["adcode"]: (float(row["lat"]), float(row["lng"])) for _, row in rows if row["lat"] and row["lng"]
    }


@loaded
def places() -> PlaceTable:
    """All names, read from divisions.csv, towns.tsv and gazetteer.csv."""
    names: dict[str, list[_Name]] = {}
    centres: dict[str, tuple[float | None, float | None]] = {}
    ordinary = _ordinary_words()

    def add(written: str, name: _Name) -> None:
        known = names.setdefault(fold_case(written), [])
        if all(other.adcode != name.adcode or other.covers != name.covers for other in known):
            known.append(name)

    for line, row in read_table("divisions.csv", ("adcode", "level", "name", "short", "lng", "lat")):
        lng, lat = (
            number(row[c], name="divisions.csv", row=line, column=c) if row[c] else None
            for c in ("lng", "lat")
        )
        centres[row["adcode"]] = (lat, lng)
        if row["level"] == "city" and row["adcode"][:2] + "0000" in _DIRECT:
            continue  # 直辖市的市级与省级同名
        place = Place(row["name"], row["adcode"] + "000000", lat, lng)
        add(row["name"], _Name(place, row["adcode"], False, row["name"] in ordinary))
        if row["short"] != row["name"]:
            words = {"city": _AMBIGUOUS_CITIES, "county": ordinary}.get(row["level"], frozenset())
            needs_context = row["short"] in words
            add(row["short"], _Name(place, row["adcode"], True, needs_context))
    _add_towns(add, centres, ordinary)
    _add_gazetteer("gazetteer.csv", add, centres)
    local = local_gazetteer()
    if local is not None:
        _add_gazetteer(local, add, centres)
    return PlaceTable(names)


_Add = Callable[[str, _Name], None]
_Centres = Mapping[str, tuple[float | None, float | None]]


def _add_towns(add: _Add, centres: _Centres, ordinary: frozenset[str]) -> None:
    for line in (DATA / "towns.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        adcode, _, towns = line.partition("\t")
        lat, lng = centres.get(adcode, (None, None))
        for town in towns.split(" "):
            code, _, name = town.partition(":")
            full = code if len(code) == 12 else f"{adcode}{code}000"
            place = Place(name, full, lat, lng)
            if len(name) > 2:
                add(name, _Name(place, full, False, False))
            if len(name) == _SHORT_TOWN and name[-1] in _TOWN_ENDS and name[:-1] not in ordinary:
                add(name[:-1], _Name(place, full, True, True))  # 容城南张: the county says which 南张


def _add_gazetteer(source: str | Path, add: _Add, centres: _Centres) -> None:
    file = Path(source).name
    columns = ("name", "region", "kind", "lng", "lat", "near", "covers", "note")
    for line, row in read_table(source, columns):
        region = row["region"]
        covers = tuple(part for part in row["covers"].split("|") if part)
        if region and (not region.isdigit() or len(region) not in (6, 12)):
            raise InvalidInput(f"{file} 第{line}行 region“{region}”应为6位或12位代码；请改正")
        if not region and not covers:
            raise InvalidInput(f"{file} 第{line}行 {row['name']} 缺 region 或 covers；请补上")
        lat, lng = centres.get(region[:6], (None, None))
        if row["lng"] and row["lat"]:
            lng = number(row["lng"], name=file, row=line, column="lng")
            lat = number(row["lat"], name=file, row=line, column="lat")
        place = Place(row["name"], (region.ljust(12, "0") if region else None), lat, lng)
        adcode = region or covers[0][:4] + "00"
        is_town = row["kind"] == _TOWN_KIND and len(region) == _TOWN_CODE_DIGITS
        add(row["name"], _Name(place, adcode, True, row["near"] == "1", covers, False, is_town))


def _ordinary_words() -> frozenset[str]:
    """Bare names that are common words or personal names too, from place_words.tsv."""
    lines = (DATA / "place_words.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
