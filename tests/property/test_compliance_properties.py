"""Whatever is typed, the check answers, and its spans lie inside the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.compliance import review, version
from matcher.compliance.shelf import rule_book
from matcher.domain.posting import Posting

FRAGMENTS = sorted(set(rule_book().cues) | set("男女不限只要岁以下勿扰，。、（）【】0123456789 \n＝<>&"))
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join))


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_gets_an_answer_with_spans_inside_it(title: str, duties: str) -> None:
    result = review(Posting("p", title, duties=duties))
    fields = {"title": title, "duties": duties}
    for finding in result.findings:
        assert 0 <= finding.start < finding.end <= len(fields[finding.field])
    assert result.version == version()


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_the_same_text_gets_the_same_answer(text: str) -> None:
    assert review(text) == review(text)
