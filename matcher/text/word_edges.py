"""Whether a short word stands for itself or only spells the ends of two others (词的边界).

切配 is written inside 密切配合, 关模 inside 相关模块, 架工 inside 框架工程: a table look-up finds them all. Only the
neighbourhood is cut into words, so the cost of a look-up does not grow with the text.
"""

from __future__ import annotations

from matcher.text.segment import segmenter

_MARGIN = 5
"""Characters read on either side; no everyday word reaches further."""
_OWN_WORD = 2
"""英语六级 is 英语 and two more characters; 洗衣机 and 集装箱 are words of their own."""


def stands_alone(text: str, start: int, end: int) -> bool:
    """False when a word of the folded text runs across an edge of text[start:end] and is not a compound of it."""
    return not any(_crossed(text, start, end))


def begins_a_word(text: str, start: int, end: int) -> bool:
    """False when a word of the folded text runs across the start of text[start:end]: 上面料 in 以上面料."""
    return not _crossed(text, start, end)[0]


def spelt_by_others(text: str, start: int, end: int) -> bool:
    """True when words run across both edges: 架工 in 框架|工程. One edge alone (焊|工活) may be a wrong cut."""
    return all(_crossed(text, start, end))


def _crossed(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether a word runs across the start, and across the end; a compound (英语六级) crosses neither."""
    at = max(0, start - _MARGIN)
    over_start = over_end = False
    for word in segmenter().cut(text[at : end + _MARGIN]):
        stop = at + len(word)
        opens = at == start and stop - end >= _OWN_WORD
        closes = stop == end and start - at >= _OWN_WORD
        if not (opens or closes):
            over_start |= at < start < stop
            over_end |= at < end < stop
        at = stop
        if at >= end:
            break
    return over_start, over_end
