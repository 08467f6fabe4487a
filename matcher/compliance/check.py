"""Check one posting or text against the rules, then by the second reader (合规检查)."""

from __future__ import annotations

import re
from itertools import islice

from matcher.compliance.age import find_age_limits
from matcher.compliance.clauses import clause_bounds
from matcher.compliance.finding import Exemption, Finding, Review, Severity
from matcher.compliance.rules import Rule, RuleBook
from matcher.compliance.second_reader import Reading, second_reader
from matcher.compliance.shelf import rule_book
from matcher.compliance.signs import NO_CONTEXT, Context, context_findings
from matcher.domain.posting import Posting
from matcher.text.normalise import fold_case

_OPEN_VALUE = re.compile(r"^(?:不限.{0,6}|无|没有|无要求|不要求|均可|男女不限|任意|其他|any|none|no|-|/|0|)$")
_NEGATION_REACH = 30
_WARNING_REACH = 60
_MAX_MATCHES = 100  # of one rule in one field; a text that repeats itself more is judged by these
_MAX_FINDINGS = 20  # of one rule in one field


def check(subject: Posting | str, context: Context = NO_CONTEXT) -> list[Finding]:
    """Breaches of `subject`, in field and text order; see `review` for the exceptions applied."""
    return list(review(subject, context).findings)


def review(subject: Posting | str, context: Context = NO_CONTEXT) -> Review:
    """Breaches and lawful exceptions of a posting or a plain text. Linear in the length of the text.

    The second reader adds grounds that the rules neither found nor excused; its findings never block. What a rule finds
    beside a warning (谨防诈骗) counts where the reader finds the ground too, and then as gravely as the rule says.
    """
    reader, book = second_reader(), rule_book()
    fields = {name: fold_case(text) for name, text in _fields(subject).items()}
    by_rules, doubted = _review_by_rules(subject, fields, context, book)
    whole = "\n".join(fields.values())
    names = list(fields)
    readings = reader.read(list(fields.values()))
    confirmed = [one for one in doubted if any(reading.ground == one.ground for reading in readings)]
    settled = {finding.ground for finding in (*by_rules.findings, *confirmed)}
    more = [
        _second_finding(reading, names[reading.field], book)
        for reading in readings
        if reading.ground not in settled
        and not _lawful_exception(reading.ground, whole, book)
    ]
    version = joint_version(by_rules.version, reader.model_id)
    return Review((*by_rules.findings, *confirmed, *more), by_rules.exemptions, version)


def version() -> str:
    """Version of rules and second reader together; stored with every result."""
    return joint_version(rule_book().version, second_reader().model_id)


def joint_version(rules: str, reader: str) -> str:
    """How the versions of rules and reader are written as one."""
    return f"{rules}+{reader}"


def _second_finding(reading: Reading, field: str, book: RuleBook) -> Finding:
    """A reading as a finding that goes back to the employer, with the words of the ground's first rule."""
    rule = next((rule for rule in book.rules if rule.ground == reading.ground), book.age)
    return Finding(
        f"reader.{reading.ground}",
        reading.ground,
        Severity.RETURN,
        reading.start,
        reading.end,
        field,
        rule.message,
        rule.rewrite,
        f"没有规则命中，模型判断的可能性 {reading.probability:.0%}",
    )


def _lawful_exception(ground: str, whole: str, book: RuleBook) -> bool:
    """Whether a lawful exception of the ground is named in the text."""
    ruled = [e for rule in book.rules if rule.ground == ground for e in rule.exceptions]
    named = ruled if ground != "age" else book.age.exceptions
    return any(exception.when.search(whole) for exception in named)


def review_by_rules(subject: Posting | str, context: Context = NO_CONTEXT) -> Review:
    """What the rules alone say of a posting or a plain text; what stands beside a warning is left out."""
    fields = {name: fold_case(text) for name, text in _fields(subject).items()}
    return _review_by_rules(subject, fields, context, rule_book())[0]


def _review_by_rules(
    subject: Posting | str, folded: dict[str, str], context: Context, book: RuleBook
) -> tuple[Review, list[Finding]]:
    """What the rules say, and what they find beside a warning or disavowal."""
    whole = "\n".join(folded.values())
    title = folded.get("title") or whole[: clause_bounds(whole, 0)[1]]
    present = {book.cues[number] for _, _, number in book.cue_search.spans(whole)}
    rules = [rule for rule in book.rules if _applies(rule, present, title, whole)]
    findings: list[Finding] = []
    doubted: list[Finding] = []
    exemptions: list[Exemption] = []
    for name, text in folded.items():
        found, allowed = _check_text(text, name, whole, rules, book)
        for one in found:
            (doubted if _warned(one, text, book) else findings).append(one)
        exemptions += allowed
    if isinstance(subject, Posting):
        findings += _check_quarantined(subject, book)
    findings += context_findings(whole, context, book, {finding.ground for finding in findings})
    return Review(tuple(findings), tuple(exemptions), book.version), doubted


def _fields(subject: Posting | str) -> dict[str, str]:
    if isinstance(subject, str):
        return {"text": subject}
    named = {"title": subject.title, "duties": subject.duties, "requirements": subject.requirements}
    return {name: text for name, text in named.items() if text}


def _applies(rule: Rule, present: set[str], title: str, whole: str) -> bool:
    """Cheap tests first: most rules leave most postings at the missing cue."""
    if present.isdisjoint(rule.cues):
        return False
    if rule.title is not None and rule.title.search(title) is None:
        return False
    return rule.unless_text is None or rule.unless_text.search(whole) is None


def _check_text(
    text: str, field: str, whole: str, rules: list[Rule], book: RuleBook
) -> tuple[list[Finding], list[Exemption]]:
    findings: list[Finding] = []
    exemptions: list[Exemption] = []
    for rule in rules:
        count = 0
        for match in islice(rule.pattern.finditer(text), _MAX_MATCHES):
            start, end = match.span()
            if _excused(rule, text, start, end, book):
                continue
            count += 1
            if count > _MAX_FINDINGS:
                break
            citation = next((e.citation for e in rule.exceptions if e.when.search(whole)), None)
            if citation is not None:
                exemptions.append(Exemption(rule.rule_id, start, end, field, citation))
            else:
                findings.append(_finding(rule, text, start, end, field))
    found, allowed = _check_age(text, field, whole, book)
    findings += found
    exemptions += allowed
    findings.sort(key=lambda finding: finding.start)
    return findings, exemptions


def _excused(rule: Rule, text: str, start: int, end: int, book: RuleBook) -> bool:
    left, _ = clause_bounds(text, start)
    _, right = clause_bounds(text, max(start, end - 1))  # a match may begin with the mark before its clause
    if rule.unless is not None and rule.unless.search(text[left:right]):
        return True
    if rule.negation == "none":
        return False
    before = text[max(0, start - _NEGATION_REACH) : start]
    if book.negated_before.search(before):
        return True
    return rule.negation == "both" and book.negated_after.search(text[end : end + 20]) is not None


def _warned(finding: Finding, text: str, book: RuleBook) -> bool:
    """Whether the words around a finding warn of such a thing or disown it."""
    pattern = book.warned if finding.ground in book.risks else book.disowned
    return pattern.search(text, max(0, finding.start - _WARNING_REACH), finding.end + _WARNING_REACH) is not None


def _finding(rule: Rule, text: str, start: int, end: int, field: str) -> Finding:
    severity = rule.severity
    if rule.softer is not None:
        left, right = clause_bounds(text, start)
        if rule.softer.search(text[left : max(right, end)]):
            severity = Severity.HINT
    return Finding(rule.rule_id, rule.ground, severity, start, end, field, rule.message, rule.rewrite)


def _check_age(text: str, field: str, whole: str, book: RuleBook) -> tuple[list[Finding], list[Exemption]]:
    rule = book.age
    findings: list[Finding] = []
    exemptions: list[Exemption] = []
    for found in islice(find_age_limits(text, rule), _MAX_FINDINGS):
        citation = next((e.citation for e in rule.exceptions if e.when.search(whole)), None)
        if citation is not None:
            exemptions.append(Exemption(rule.rule_id, found.start, found.end, field, citation))
            continue
        strict = found.refuses or (found.high is not None and found.high <= rule.strict_high)
        severity = rule.strict_severity if strict else rule.severity
        message = rule.strict_message if strict else rule.message
        findings.append(
            Finding(rule.rule_id, "age", severity, found.start, found.end, field, message, rule.rewrite)
        )
    return findings, exemptions


def _check_quarantined(posting: Posting, book: RuleBook) -> list[Finding]:
    """Limits from the columns of an older system; a value such as 不限 is no limit."""
    findings: list[Finding] = []
    for name, value in posting.quarantined.items():
        ground = book.quarantined.get(name)
        text = fold_case(str(value)).strip()
        if ground is None or _OPEN_VALUE.match(text):
            continue
        if ground == "age":
            found, _ = _check_age(f"年龄{text}", name, text, book)
            findings += found[:1]
            continue
        rule = next(rule for rule in book.rules if rule.ground == ground)
        findings.append(
            Finding(rule.rule_id, ground, Severity.HINT, 0, len(text), name, rule.message, rule.rewrite)
        )
    return findings
