"""Leave out what people say of themselves that work does not depend on (身份词): 宝妈, 兵哥哥, 低保户, 彝族.

The sentence is read without these words, so that they cannot become an occupation (阿姨 → 家政), a place (云南来的) or a
part of the embedded wish. What they truly need stays: 要接送孩子, 50岁, 不上夜班, 有驾照.

INVARIANTS
- Only a self-description goes: a whole clause, or the beginning of one before what the person wants or can do.
  照顾老人, 女装销售, 残疾人护理 and 妈妈岗 stay.
- Nothing is added and nothing moves: the result is the sentence with pieces left out.
"""

from __future__ import annotations

import re

from matcher.lexicon.files import DATA, loaded

_FILE = "proxy_words.tsv"
MOST_IN_A_ROW = 4  # of the words; without a bound a row of them could be cut in very many ways
_BREAK = re.compile(r"([,，。;；!！?？、\s]+)")
_SELF = (
    r"(?:大家好|你好|您好)?(?:(?:我们?|俺|咱|本人|自己)?(?:就是|也是|算是|只是|是|作为)?|(?:性别|民族|婚姻|婚姻状况|户口|户籍)[:：]?)"
    r"(?:一?[个名位]|(?:普通|年轻|普普通通)的?)?"
)
_AFTER = r"(?:一?[个名位枚条]|出身|身份|了)?"
_WISH_BEGINS = (
    r"(?=[想会能要有找在来愿干做当学跑开求需希打现今也都又没不且熟懂喜可晚早白每从\d]|出来|下午|上午|孩子|娃|本科|大专|高中|初中|中专)"
)
_SEX_OF_A_TRADE = re.compile(r"^((?:我|俺|本人)是一?[个名位]?)[男女](?=[\u4e00-\u9fff]{2})")


@loaded
def _self_description() -> re.Pattern[str]:
    """One or more of the listed words in a row, with what leads to them and what follows."""
    lines = (DATA / _FILE).read_text(encoding="utf-8").splitlines()
    listed = [line.split("\t")[1] for line in lines if line and not line.startswith("#")]
    words = f"(?:{'|'.join(listed)})"
    return re.compile(f"{_SELF}(?:{words}{_AFTER}的?){{1,{MOST_IN_A_ROW}}}(?:$|{_WISH_BEGINS})")


def without_proxy_words(text: str) -> str:
    """The sentence without self-descriptions that give a protected attribute away; often the sentence itself."""
    pieces = _BREAK.split(text)
    kept: list[str] = []
    for clause, separator in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        rest = _without(clause)
        if rest or not clause:
            kept += [rest, separator]
    return "".join(kept).strip(",，。;；、 ") if len(kept) < len(pieces) + 1 else "".join(kept)


def _without(clause: str) -> str:
    found = _self_description().match(clause)
    if found is not None:
        return clause[found.end() :]
    return _SEX_OF_A_TRADE.sub(r"\1", clause)
