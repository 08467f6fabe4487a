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
    at = max(0, start - _MARGIN)
    for word in segmenter().cut(text[at : end + _MARGIN]):
        stop = at + len(word)
        if at < start < stop or at < end < stop:
            opens = at == start and stop - end >= _OWN_WORD
            closes = stop == end and start - at >= _OWN_WORD
            if not (opens or closes):
                return False
        at = stop
        if at >= end:
            break
    return True
