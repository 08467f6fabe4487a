from __future__ import annotations

import pytest

from matcher.text.numerals import read_chinese, read_chinese_bounds, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("六千五", 6500),
        ("一万二", 12000),
        ("一万零五百", 10500),
        ("一千零五", 1005),
        ("两百五", 250),
        ("一百零五", 105),
        ("十五", 15),
        ("二十", 20),
        ("一点五万", 15000),
        ("两万半", 25000),
        ("贰仟捌佰", 2800),
        ("1万2", 12000),
        ("6千5", 6500),
        ("1万2千", 12000),
        ("6.5k", 6500),
        ("12,000", 12000),
    ],
)
def test_a_numeral_reads_as_people_mean_it(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "几千", "大几千", "一二三", "万", "1.2.3", "12a", "点五", "一" * 40])
def test_what_is_no_single_number_reads_as_none(text: str) -> None:
    assert read_number(text) is None


def test_two_neighbouring_digits_are_a_range() -> None:
    assert read_chinese_bounds("七八千") == (7000, 8000)
    assert read_chinese_bounds("一万二三") == (12000, 13000)
    assert read_chinese_bounds("八七千") is None
    assert read_chinese("七八千") is None
