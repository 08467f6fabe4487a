"""Put what a rule asks for in place of the words it found (按建议改写).

INVARIANTS
- Nothing is promised that the employer did not say: words are taken out or replaced by a lawful neutral phrase.
- A rewrite is offered only when the finding is gone after it and no new one has come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.compliance import Finding, Severity, review_by_rules
from matcher.compliance.clauses import clause_bounds

NEUTRAL = {
    "sex": "男女不限",
    "age": "年满18周岁，能胜任岗位即可",
    "education": "学历不限",
    "region": "",
    "ethnicity": "",
}
"""What may stand in the place of a limit, by ground; a ground that is not named here only loses its words."""

_ROLE = re.compile(r"[男女]性?[,，]?")
_SAYS_LIMIT = re.compile(r"限|性别|只|仅")
_BELONGS = re.compile(r"(?:周?岁|元|块钱?|及?以[上下]|左右|学历|优先)+")
"""What belongs to the words found and would be left standing alone."""
_LEADING = re.compile(r"^[\s,，、;；。:：的]+")
_TRAILING = re.compile(r"[\s,，、;；:：]+$")
_DOUBLE = re.compile(r"([,，、;；。])\s*(?:[,，、;；。]\s*)+")
_EMPTY_LABEL = re.compile(r"(?:要求|条件|性别|年龄|学历)\s*[:：]\s*(?=[,，;；。\n]|$)")


def rewritten(text: str, finding: Finding) -> str | None:
    """The text without the breach; None where no rewording helps and a person has to decide.

    A span into `text`: findings of a plain text, as `compliance.review` gives them.
    """
    if not finding.end or finding.rewrite.startswith("不予发布"):
        return None
    before = _breaches(text)
    for candidate in _candidates(text, finding):
        after = _breaches(candidate)
        lost = before.get(finding.rule_id, 0) > after.get(finding.rule_id, 0)
        if lost and all(count <= before.get(rule, 0) for rule, count in after.items()):
            return candidate
    return None


def lawful(text: str) -> str:
    """The text with every rewrite applied that can be, gravest first."""
    for _ in range(len(review_by_rules(text).findings)):
        findings = sorted(review_by_rules(text).findings, key=lambda one: (one.severity.ordinal, one.start))
        changed = next((new for one in findings if (new := rewritten(text, one)) is not None), None)
        if changed is None:
            break
        text = changed
    return text


def _candidates(text: str, finding: Finding) -> Iterator[str]:
    """Rewordings, the one that keeps most of the employer's words first."""
    belongs = _BELONGS.match(text, finding.end)
    end = belongs.end() if belongs else finding.end
    head, words, tail = text[: finding.start], text[finding.start : end], text[end:]
    neutral = "" if finding.severity is Severity.BLOCK else NEUTRAL.get(finding.ground, "")
    if finding.ground == "sex" and len(words) > 2 and not _SAYS_LIMIT.search(words):
        yield _tidy(head + _ROLE.sub("", words) + tail)  # 招女收银员 → 招收银员
    if neutral and neutral not in text:
        joint = "，" if words[:1] in ",，、" else ""
        yield _tidy(head + joint + neutral + _after(tail))
    yield _tidy(head + _LEADING.sub("", tail) if _ends_clause(head) else head + tail)
    left, right = clause_bounds(text, finding.start)
    yield _tidy(text[:left] + text[max(right, end) :])


def _ends_clause(head: str) -> bool:
    return not head or head[-1] in ",，、;；。:：\n"


def _after(tail: str) -> str:
    """The rest, parted from what was put before it."""
    return tail if not tail or tail[0] in ",，、;；。\n" else f"，{tail}"


def _tidy(text: str) -> str:
    """No doubled and no dangling punctuation, no label without a value."""
    lines = []
    for line in text.split("\n"):
        kept = _EMPTY_LABEL.sub("", line)
        kept = _DOUBLE.sub(lambda match: match.group(1), kept)
        kept = _TRAILING.sub("", re.sub(r"^[,，、;；。]+", "", kept))
        if kept.strip() or not line.strip():
            lines.append(kept)
    return "\n".join(lines)


def _breaches(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in review_by_rules(text).findings:
        counts[finding.rule_id] = counts.get(finding.rule_id, 0) + 1
    return counts
