"""How far the aliases of a title and the votes of its pieces count in its occupations (别名与投票合成)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from matcher.lexicon.files import loaded
from matcher.lexicon.occupations import aliases
from matcher.text.occupation_votes import occupation_votes

# 别名与字串投票各占多少: 五套职位名留一套测定, 附近都一样好
_ALIAS_SHARE = 0.35
_ALIAS_SHARE_SURE = 0.7  # 中心词几乎只有一个意思
_ALIAS_SHARE_WHOLE = 0.8  # 别名几乎就是整个职位名
_FULLY_COVERED = 0.8
_LONGEST_ENDING = 4
_FEWEST_OF_KIND = 5
_OTHER_KIND = 0.6  # 票投给了中心词说的那类以外的职业
_OWN_SHARE = 0.6  # 以这个词结尾的别名里, 属于它自己职业的比例
_VOTES_ALONE = 0.7  # 没有别名时, 投票最多有这样可信
_MIN_VOTES_ALONE = 0.15
_HEAD_TAIL = re.compile(r"(?:学徒|师傅|人员|若干|数名)+$")
_BETWEEN_PARTS = re.compile(r"[^\u4e00-\u9fffa-z0-9]")


@dataclass(slots=True)
class Said:
    """What the aliases of a title say. scores: by code; covered: characters of aliases; sure: the first head is."""

    scores: dict[str, float] = field(default_factory=dict)
    covered: int = 0
    sure: bool = False


@loaded
def _ending_codes() -> dict[str, Counter[str]]:
    """Ending of two to four characters → how many aliases of each occupation end so (司机 of many, 会计 of one)."""
    endings: dict[str, Counter[str]] = defaultdict(Counter)
    for alias, meanings in aliases().items():
        for size in range(2, min(_LONGEST_ENDING, len(alias)) + 1):
            endings[alias[-size:]][meanings[0].code] += 1
    return endings


def ends_one_trade(word: str, code: str) -> bool:
    """Whether the aliases that end so are mostly of this occupation, whatever stands before."""
    owners = _ending_codes().get(word[-_LONGEST_ENDING:], Counter())
    return owners[code] >= _OWN_SHARE * owners.total()


def blended(said: Said, stretch: str) -> dict[str, float]:
    """Scores of both sources; where only one of them speaks, it speaks alone."""
    votes = occupation_votes(stretch)
    if not votes:
        return said.scores
    if not said.scores:
        return {code: _VOTES_ALONE * vote for code, vote in votes} if votes[0][1] >= _MIN_VOTES_ALONE else {}
    share = _ALIAS_SHARE_SURE if said.sure else _ALIAS_SHARE
    if said.covered >= _FULLY_COVERED * len(stretch.replace(" ", "")):
        share = _ALIAS_SHARE_WHOLE
    scores = {code: share * min(1.0, score) for code, score in said.scores.items()}
    of_kind = _head_kind(stretch)
    for code, vote in votes:
        kept = 1.0 if not of_kind or code in of_kind else _OTHER_KIND
        scores[code] = scores.get(code, 0.0) + (1 - share) * vote * kept
    return scores


def _head_kind(stretch: str) -> Counter[str]:
    """Occupations of the aliases that end as a title of one part ends: 饲料厂司机 is some kind of 司机."""
    bare = _HEAD_TAIL.sub("", stretch.strip())
    if _BETWEEN_PARTS.search(bare) is None:
        for size in range(_LONGEST_ENDING, 1, -1):
            kind = _ending_codes().get(bare[-size:])
            if kind is not None and kind.total() >= _FEWEST_OF_KIND:
                return kind
    return Counter()
