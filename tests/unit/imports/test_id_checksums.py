"""Check characters of ID numbers and credit codes."""

from __future__ import annotations

from datetime import date

import pytest
from import_samples import TODAY, credit_code, id_number

from matcher.imports.checksums import IdNumber, credit_code_fault, parse_id_number


def test_the_example_of_the_standard_is_sound() -> None:
    parsed = parse_id_number("11010519491231002X", today=TODAY)
    assert parsed == IdNumber("11010519491231002X", date(1949, 12, 31))


def test_a_lower_case_x_is_accepted() -> None:
    assert isinstance(parse_id_number("11010519491231002x", today=TODAY), IdNumber)


@pytest.mark.parametrize("sequence", range(1, 40, 7))
def test_every_single_wrong_digit_is_noticed(sequence: int) -> None:
    number = id_number(sequence)
    for place in range(17):
        for digit in "0123456789":
            changed = number[:place] + digit + number[place + 1 :]
            if changed != number:
                assert isinstance(parse_id_number(changed, today=TODAY), str), changed


def test_every_swap_of_neighbours_is_noticed() -> None:
    number = id_number(123)
    for place in range(16):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            assert isinstance(parse_id_number(swapped, today=TODAY), str), swapped


def test_a_15_digit_number_becomes_the_same_18_digits() -> None:
    new = id_number(7, born="19620817")
    old = new[:6] + new[8:17]
    assert parse_id_number(old, today=TODAY) == parse_id_number(new, today=TODAY)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("1101051949123100", "18 位"),
        ("1101051949123100AB", "17 位数字"),
        (id_number(born="19800230"), "不存在"),
        (id_number(born="20301201"), "不合理"),
        (id_number(born="18701201"), "不合理"),
    ],
)
def test_the_reason_names_what_is_wrong(number: str, reason: str) -> None:
    assert reason in str(parse_id_number(number, today=TODAY))


def test_full_width_digits_do_not_pass_for_digits() -> None:
    assert isinstance(parse_id_number("１１０１０５１９４９１２３１００２X", today=TODAY), str)


def test_a_sound_credit_code_passes_and_every_wrong_character_fails() -> None:
    code = credit_code(42)
    assert credit_code_fault(code) == ""
    for place in range(18):
        for char in "0123456789ABCDEFGHJKLMNPQRTUWXYIO":
            changed = code[:place] + char + code[place + 1 :]
            if changed != code:
                assert credit_code_fault(changed), changed


def test_a_published_credit_code_is_sound() -> None:
    assert credit_code_fault("91350100M000100Y43") == ""  # the example of GB 32100-2015
