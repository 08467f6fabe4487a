"""Whether a short word stands for itself or only spells the ends of two others (词的边界).

切配 is written inside 密切配合, 关模 inside 相关模块, 架工 inside 框架工程: a table look-up finds them all. Only the
neighbourhood is cut into words, so the cost of a look-up does not grow with the text.
"""

from __future__ import annotations

from matcher.text.segment import segmenter

_MARGIN = 5
"""Characters read on either side; no everyday word reaches further."""


def stands_alone(text: str, start: int, end: int) -> bool:
    """False when a word of the folded text runs across an edge of text[start:end], or around it on both sides."""
    at = max(0, start - _MARGIN)
    for word in segmenter().cut(text[at : end + _MARGIN]):
        stop = at + len(word)
        if at < start < stop or at < end < stop:
            inside_head = at == start and stop > end  # 洗衣机, 英语六级: a longer word that opens with it
            inside_tail = at < start and stop == end  # 叉车司机 closes with 司机
            if not (inside_head or inside_tail):
                return False
        at = stop
        if at >= end:
            break
    return True
