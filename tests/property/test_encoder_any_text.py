"""Whatever the text, the encoder gives a unit row or a zero row, and tokens that survive a blank-joined line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.encoding.encoder import Encoder
from matcher.encoding.tokens import encoder_tokens

TEXT = st.text(max_size=200) | st.text(alphabet="会贴砖找日结活电工,。 \n\u3000aA1C+#·２", max_size=60)


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    return Encoder.load()


@settings(max_examples=150, deadline=None)
@given(text=TEXT)
def test_any_text_gives_a_unit_row_or_a_zero_row(shipped: Encoder, text: str) -> None:
    row = shipped.encode([text])[0]
    length = float(np.linalg.norm(row))
    assert np.isfinite(row).all()
    assert length == 0 or abs(length - 1) < 1e-4


@settings(max_examples=150, deadline=None)
@given(text=TEXT)
def test_tokens_are_distinct_and_hold_no_white_space(text: str) -> None:
    tokens = encoder_tokens(text)
    assert len(set(tokens)) == len(tokens)
    assert all(token and token == "".join(token.split()) for token in tokens)


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(TEXT, max_size=8))
def test_a_row_depends_on_its_own_text_alone(shipped: Encoder, texts: list[str]) -> None:
    together = shipped.encode(texts)
    alone = [shipped.encode([text])[0] for text in texts]
    np.testing.assert_array_equal(together, np.array(alone).reshape(together.shape))
