"""Run every rule against the examples written beside it; what an editor sees after changing a rule (规则自检)."""

from __future__ import annotations

from matcher.compliance.check import check
from matcher.compliance.shelf import rule_book


def example_failures() -> list[str]:
    """One Chinese line for each example that is judged wrongly; empty when all rules hold."""
    book = rule_book()
    cases = [(rule.rule_id, rule.positive, rule.negative) for rule in book.rules]
    cases.append((book.age.rule_id, book.age.positive, book.age.negative))
    failures: list[str] = []
    for rule_id, positive, negative in cases:
        hits = {text: rule_id in {f.rule_id for f in check(text)} for text in (*positive, *negative)}
        failures += [f"规则 {rule_id}：正例“{text}”没有命中" for text in positive if not hits[text]]
        failures += [f"规则 {rule_id}：反例“{text}”被误判" for text in negative if hits[text]]
    return failures
