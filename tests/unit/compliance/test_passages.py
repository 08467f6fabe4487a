"""A passage is the suspicious window with its neighbours, within one text."""

from __future__ import annotations

from matcher.compliance.passages import ROOM, WHOLE, passages_around
from matcher.compliance.windows import cut_windows

LONG = "。".join(f"第{number}条说明车间装配的一件事" for number in range(30))


def passages(texts: list[str], *suspicious: str, most: int = 3) -> list[str]:
    """The passages around the windows that hold exactly these words."""
    windows, offsets = cut_windows(texts)
    joined = "\n\n".join(texts)
    cut = [joined[a:b] for a, b in zip(windows.starts, windows.ends, strict=True)]
    spans = passages_around(
        [cut.index(words) for words in suspicious], windows, offsets.tolist(), list(map(len, texts)), most
    )
    return [joined[start:end] for start, end in spans]


def test_a_short_text_is_read_whole() -> None:
    assert passages(["普工", "包住,限女性。月结"], "限女性") == ["包住,限女性。月结"]


def test_a_long_text_is_read_around_the_window() -> None:
    assert len(LONG) > WHOLE
    (passage,) = passages([LONG], "第12条说明车间装配的一件事")
    assert ROOM * 3 // 4 < len(passage) <= ROOM
    assert passage.startswith("第")
    assert passage.endswith("事")
    before, after = passage.split("第12条")
    assert before
    assert after


def test_no_passage_reaches_into_another_text() -> None:
    found = passages(["女工", LONG, "夜班"], "第0条说明车间装配的一件事", "第29条说明车间装配的一件事")
    assert found[0].startswith("第0条")
    assert found[1].endswith("第29条说明车间装配的一件事")


def test_a_window_inside_a_passage_brings_no_other() -> None:
    found = passages([LONG], "第12条说明车间装配的一件事", "第13条说明车间装配的一件事")
    assert len(found) == 1


def test_no_more_passages_than_asked_for() -> None:
    far = [f"第{number}条说明车间装配的一件事" for number in (0, 10, 20, 29)]
    assert len(passages([LONG], *far)) == 3
