"""How far and with whom: minutes by mode, people going together (多远、几个人).

Minutes stay as said, with the way of going. Kilometres become minutes at the speed of the mode named, an e-bike's when
none is: walking 5, riding 15, bus 20, car 30 km an hour along the road. 一里 is half a kilometre.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from matcher.domain.worker_terms import TravelMode
from matcher.text.found import Found
from matcher.text.numerals import read_number
from matcher.text.utterance_fields.scope import Scope

KM_PER_HOUR = {TravelMode.WALK: 5.0, TravelMode.RIDE: 15.0, TravelMode.BUS: 20.0, TravelMode.DRIVE: 30.0}
_MODE_WORDS = (
    (TravelMode.WALK, re.compile(r"走路|步行|走着|腿着|走过去|走个")),
    (TravelMode.RIDE, re.compile(r"骑|电动车|电瓶车|自行车|摩托|电驴|三轮")),
    (TravelMode.BUS, re.compile(r"公交|坐车|班车|地铁|倒车")),
    (TravelMode.DRIVE, re.compile(r"开车|自驾|打车|小车")),
)
_NUM = r"(?:\d{1,3}(?:\.\d)?|[一二两三四五六七八九十百]{1,4})"
_MINUTES = re.compile(
    rf"(?P<both>{_NUM})个?(?:小时|钟头)(?P<rest>{_NUM})分钟|(?P<m>{_NUM})(?:来|多)?分钟|(?P<hh>{_NUM})个半(?:小时|钟头)|(?P<half>半)个?(?:小时|钟头|点)|(?P<h>{_NUM})个?(?:小时|钟头)|(?P<quarter>一刻钟)"
)
_KM = re.compile(rf"(?P<n>{_NUM})(?:来|多)?(?P<unit>公里|千米|km|里地|里路|里(?=以内|之内|内))")
_REACH_BEFORE = re.compile(r"路程|车程|路上|单程|离家|距离|通勤|最远|走|骑|坐|车|公交|地铁|不超过|□□□")
_REACH_AFTER = re.compile(
    r"\s?(?:以内|之内|内|能到|就到|就能到|到得了|[跑骑走开]得到|到的|的路|路程|车程|的厂|的地方|左右能到|左右到)|\s?(?:骑车|走路|开车|坐车)"
)
_WORK_TIME = re.compile(r"[干做]|上班|一天|每天|加班|工作|24")
_MAX_MINUTES = 240
_MAX_TRIES = 40

_KIN = (
    r"(?:老婆|媳妇|媳妇儿|老公|爱人|对象|女朋友|男朋友|老伴|老汉|掌柜的|婆娘|屋里的|屋里人|堂客|姐|妹|哥|弟|儿子|闺女|女儿|爸|妈|嫂子"
    r"|表弟|表哥|表姐|表妹|邻居|老乡|同学|朋友|工友|兄弟|姐妹|小姐妹|侄子|伙计|一个老乡|一个朋友|一个工友)"
)

_PAIR = re.compile(
    rf"两口子|夫妻俩|小两口|老两口|俩口子|两口儿|夫妻二人|夫妻两个?人?|公母俩|夫妻工|夫妻档|两公婆|(?:父子|母子|母女|父女|姐妹|姊妹|兄弟"
    rf"|弟兄|哥|姐|爷|娘|婆媳|妯娌|师徒|我们|咱|俺们?|我)俩|俩人(?!间)|两个人(?!间|的活)|二人同"
    rf"|(?:我|俺|咱)?[和跟带同与](?:着)?(?:我|俺|俺家|我家|咱)?{_KIN}(?=一起|一块|一道|俩|都|,|\s|两个|她|他|去|来|做|找|想|也|$|同)"
)
_MANY = re.compile(
    rf"(?:我们|咱们?|俺们?|俺们村|我们村|一共|总共|一行|班组|队里|手下|一班|带队|一帮|一块|凑了)(?:有|共|是)?(?P<n>{_NUM})(?:个"
    rf"|口)?(?:人|个|师傅|工人|男的|女的|老乡|弟兄|姐妹|伙计)?"
    rf"|(?P<n2>{_NUM})个?人(?:一起|一块|一道|一班|一组|都|想|能|找|结伴|同去|的队)"
)
_LED = re.compile(rf"(?:带|领|还有|跟)(?:着|了)?(?P<n>{_NUM})个(?:老乡|徒弟|人|工人|伙计|兄弟|帮工|村里人|朋友|姐妹|小工|亲戚|同乡|工友)")
_NOT_PEOPLE_AFTER = re.compile(r"\s?(?:间|屋|孩子|娃|月|小时|年|天|岁|点|分|块|元|号|县|市|镇|村)")
_SIBLINGS = re.compile(r"(?:(?:兄弟|弟兄|姐妹|姊妹|爷们|娘们|哥|姐|爷)(?P<few>仨|三个|四个|五个|六个|几个)|一家(?P<home>[三四五]口)|(?P<mouths>[三四五])口人)")
_FEW = {"仨": 3, "三": 3, "四": 4, "五": 5, "六": 6}
_ALL_TOLD = re.compile(rf"(?:一共|总共)(?P<n>{_NUM})个?人?")
_MAX_PEOPLE = 99


@dataclass(frozen=True, slots=True)
class Reach:
    """Longest trip one way. minutes: by `mode`; mode None: not said; km: as said, None when they gave minutes."""

    minutes: int
    mode: TravelMode | None = None
    km: float | None = None


def read_reach(scope: Scope) -> Found[Reach] | None:
    """The trip they would make, from minutes or kilometres."""
    for match in islice(_MINUTES.finditer(scope.text), _MAX_TRIES):
        before = scope.before(match.start(), 8)
        after = scope.after(match.end(), 8)
        if _WORK_TIME.search(before[-3:]) or not (_REACH_BEFORE.search(before) or _REACH_AFTER.match(after)):
            continue
        minutes = _minutes(match)
        if minutes is not None and 1 <= minutes <= _MAX_MINUTES:
            mode, start, end = _mode(scope, match.start(), match.end())
            return Found(Reach(minutes, mode), start, end, 0.9)
    for match in islice(_KM.finditer(scope.text), _MAX_TRIES):
        distance = read_number(match["n"])
        if distance is None or distance <= 0:
            continue
        km = distance * (0.5 if match["unit"].startswith("里") else 1.0)
        named, start, end = _mode(scope, match.start(), match.end())
        mode = named or TravelMode.RIDE
        minutes = round(km / KM_PER_HOUR[mode] * 60)
        if 1 <= minutes <= _MAX_MINUTES:
            return Found(Reach(minutes, mode, km), start, end, 0.85)
    return None


def _minutes(match: re.Match[str]) -> int | None:
    if match["quarter"]:
        return 15
    if match["half"]:
        return 30
    if match["hh"]:
        hours = read_number(match["hh"])
        return None if hours is None else round(hours * 60 + 30)
    if match["both"]:
        hours, rest = read_number(match["both"]), read_number(match["rest"])
        return None if hours is None or rest is None else round(hours * 60 + rest)
    number = read_number(match["m"] or match["h"])
    if number is None:
        return None
    return round(number if match["m"] else number * 60)


def _mode(scope: Scope, start: int, end: int) -> tuple[TravelMode | None, int, int]:
    """The mode named nearest to the span, within a dozen characters, and the span widened to it."""
    best: tuple[int, TravelMode, int, int] | None = None
    low = max(0, start - 12)
    around = scope.text[low : end + 12]
    for mode, words in _MODE_WORDS:
        for match in words.finditer(around):
            first, last = low + match.start(), low + match.end()
            gap = max(start - last, first - end, 0)
            if best is None or gap < best[0]:
                best = gap, mode, first, last
    if best is None:
        return None, start, end
    return best[1], min(start, best[2]), max(end, best[3])


def read_group(scope: Scope) -> Found[int] | None:
    """How many people want to work together, themselves included; None when they speak for one."""
    told = _ALL_TOLD.search(scope.text)
    if told is not None and (people := _people(told["n"])) is not None:
        return Found(people, told.start(), told.end(), 0.95)
    kin = _SIBLINGS.search(scope.text)
    if kin is not None and (many := _FEW.get((kin["few"] or kin["home"] or kin["mouths"])[0])) is not None:
        return Found(many, kin.start(), kin.end(), 0.9)
    led = _LED.search(scope.text)
    if led is not None and (people := _people(led["n"])) is not None:
        return Found(people + 1, led.start(), led.end(), 0.9)
    for match in islice(_MANY.finditer(scope.text), _MAX_TRIES):
        name = "n" if match["n"] else "n2"
        people = _people(match[name])
        plain = scope.text[match.end(name) : match.end()]
        if people is None or people < 2 or _NOT_PEOPLE_AFTER.match(scope.text, match.end()) or not plain:
            continue
        return Found(people, match.start(), match.end(), 0.9)
    pair = _PAIR.search(scope.text)
    return None if pair is None else Found(2, pair.start(), pair.end(), 0.9)


def _people(text: str) -> int | None:
    number = read_number(text)
    return None if number is None or not 1 <= number <= _MAX_PEOPLE else int(number)
