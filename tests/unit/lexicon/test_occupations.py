"""The classification, its aliases and the related-occupation graph."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.errors import NotFound
from matcher.lexicon.occupations import alias_rows, aliases, occupations, positions

BRICKLAYER, PLASTERER, GENERAL = "6-29-01-01", "6-29-04-01", "8-00-00-00"


def test_the_table_holds_all_1639_occupations_in_a_fixed_order() -> None:
    table = occupations()
    assert len(table) == 1639
    assert [table.index(code) for code in table.codes] == list(range(1639))
    assert list(table.codes) == sorted(table.codes)


def test_an_unknown_code_is_named_in_the_error() -> None:
    with pytest.raises(NotFound, match="9-99-99-99"):
        occupations().name("9-99-99-99")


def test_group_is_the_minor_group() -> None:
    assert occupations().group(BRICKLAYER) == "6-29-01"
    assert occupations().plain_name(BRICKLAYER) == "瓦工"


def test_relatedness_is_one_with_itself_and_never_outside_zero_to_one() -> None:
    matrix = occupations().relatedness_matrix()
    assert matrix.dtype == np.float32
    assert matrix.shape == (1639, 1639)
    assert (np.diag(matrix) == 1).all()
    assert matrix.min() >= 0
    off_diagonal = matrix[~np.eye(1639, dtype=bool)]
    assert off_diagonal.max() < 1


def test_a_bricklayer_is_closer_to_plastering_than_to_the_rest_of_construction() -> None:
    table = occupations()
    matrix = table.relatedness_matrix()
    row = matrix[table.index(BRICKLAYER)]
    assert row[table.index(PLASTERER)] > row[table.index("6-29-01-04")] > row[table.index("6-29-03-03")] > 0
    assert row[table.index("2-10-05-00")] == 0


def test_relatedness_has_a_direction() -> None:
    table = occupations()
    matrix = table.relatedness_matrix()
    down = matrix[table.index(BRICKLAYER), table.index(GENERAL)]
    up = matrix[table.index(GENERAL), table.index(BRICKLAYER)]
    assert down > up > 0


def test_the_matrix_agrees_with_the_related_list() -> None:
    table = occupations()
    matrix = table.relatedness_matrix()
    for code in (BRICKLAYER, "4-10-01-05", "2-02-10-03", "5-01-02-01"):
        for other, weight in table.related(code):
            assert matrix[table.index(code), table.index(other)] == pytest.approx(weight)


def test_there_are_three_thousand_aliases_with_local_words_among_them() -> None:
    assert len({row.alias for row in alias_rows()}) >= 3000
    local = (
        "小工 打灰 大工 阿姨 跟车 普工 钢筋工 塔吊 月嫂 贴砖 看大门 刷大白 抹灰 绿化 保洁 洗碗 墩子 打荷 切配 传菜 缝纫 打包 分拣 "
        "装卸 送货 骑手 护工 带孩子 做饭阿姨 喂猪 摘果 大棚 打药"
    )
    missing = [word for word in local.split() if word not in aliases()]
    assert missing == []


def test_an_ambiguous_alias_lists_its_meanings_the_likeliest_first() -> None:
    senses = aliases().get("送货")
    assert senses is not None
    assert len(senses) == 2
    assert senses[0].weight > senses[1].weight
    assert sum(sense.weight for sense in senses) <= 1


def test_most_positions_of_the_tree_point_to_an_occupation() -> None:
    coded = [position for position in positions() if position.code]
    assert len(positions()) == 1194
    assert len(coded) / len(positions()) > 0.8
    assert all(position.code in occupations() for position in coded)
