"""A shortened table keeps what the texts were told apart by."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from models.encoder.reduction import shortened
from models.encoder.supervision import Aliases, RelatedAliases, WishAndText
from models.encoder.tasks import unit


def test_texts_that_span_few_directions_keep_their_cosines() -> None:
    rng = np.random.default_rng(0)
    table = (rng.normal(size=(30, 5)) @ rng.normal(size=(5, 40))).astype(np.float32)
    texts = sparse.random(50, 30, density=0.3, format="csr", random_state=1)
    texts.data[:] = 1
    shorter = shortened(table, [texts], 5, seed=0)
    assert shorter.shape == (30, 5)
    whole, short = unit(texts @ table), unit(texts @ shorter)
    np.testing.assert_allclose(short @ short.T, whole @ whole.T, atol=1e-4)


def test_a_table_that_is_short_enough_stays_as_it_is() -> None:
    table = np.ones((3, 4), np.float32)
    assert shortened(table, [sparse.csr_matrix(np.eye(3))], 4, seed=0) is table


def test_an_occupation_is_asked_for_itself_first_and_a_skill_for_itself_alone() -> None:
    aliases = Aliases({"焊": 0, "工": 1})
    batch = RelatedAliases(aliases).batch(np.random.default_rng(0), 300)
    assert batch.targets is not None
    np.testing.assert_allclose(batch.targets.sum(axis=1), 1, rtol=1e-5)
    assert (batch.targets.argmax(axis=1) == np.arange(300)).all()
    skills = [code for code in aliases.of_code if code.startswith("skill:")][:5]
    np.testing.assert_array_equal(aliases.relatedness(skills), np.eye(5))


def test_a_made_up_wish_says_a_part_of_the_head_and_no_word_twice() -> None:
    index = {letter: n for n, letter in enumerate("我会找个的活")}
    heads = sparse.csr_matrix(np.ones((4, 6), np.float32))
    source = WishAndText(heads, heads, list("甲乙丙丁"), np.arange(4), Aliases(index))
    batch = source.batch(np.random.default_rng(0), 200)
    assert batch.left.max() == 1
    assert batch.left.sum() < heads[[0] * 200].sum()
