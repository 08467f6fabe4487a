"""Load, check and version the rule files (规则文件).

INVARIANTS: every pattern runs in time linear in the text (only bounded repeats, few of them); every rule
carries at least three positive and three negative examples; a rule id never names two rules.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.compliance.finding import Severity
from matcher.compliance.first_chars import guarded
from matcher.errors import InvalidInput
from matcher.lexicon.automaton import Automaton

RULE_FOLDER = Path(__file__).with_name("rules")
RULE_FILES = ("discrimination.toml", "risk.toml")
MAX_REPEAT = 20
MAX_MESSAGE_CHARS = 20
_NEEDED = ("id", "ground", "severity", "cues", "patterns", "message", "rewrite", "positive", "negative")
_OPEN_REPEAT = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
_REPEAT = re.compile(r"\{(\d*),?(\d*)\}")


@dataclass(frozen=True, slots=True)
class Exception_:
    """A lawful exception: when `when` is found in the text, the citation is recorded instead."""

    when: re.Pattern[str]
    citation: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule; see the head of discrimination.toml for what each field means."""

    rule_id: str
    ground: str
    severity: Severity
    cues: tuple[str, ...]
    pattern: re.Pattern[str]
    softer: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    unless_text: re.Pattern[str] | None
    title: re.Pattern[str] | None
    exceptions: tuple[Exception_, ...]
    negation: str
    message: str
    rewrite: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgeRule:
    """Parameters of the age check; ages in completed years."""

    rule_id: str
    severity: Severity
    strict_severity: Severity
    strict_high: int
    legal_low: int
    legal_high: int
    message: str
    strict_message: str
    rewrite: str
    cues: tuple[str, ...]
    pattern: re.Pattern[str]
    about_others: re.Pattern[str]
    welcome: re.Pattern[str]
    prefer: re.Pattern[str]
    refuse: re.Pattern[str]
    exceptions: tuple[Exception_, ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that rests on what the office knows, not on words; `limits` holds its thresholds."""

    name: str
    severity: Severity
    message: str
    rewrite: str
    limits: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of one version."""

    rules: tuple[Rule, ...]
    age: AgeRule
    signs: Mapping[str, Sign]
    quarantined: Mapping[str, str]
    negated_before: re.Pattern[str]
    negated_after: re.Pattern[str]
    warned: re.Pattern[str]
    disowned: re.Pattern[str]
    cues: tuple[str, ...]
    cue_search: Automaton
    grounds: Mapping[str, str]
    version: str
    risks: frozenset[str]


def compile_linear(pattern: str, *, where: str) -> re.Pattern[str]:
    """Compile a pattern that cannot run quadratic.

    Raises InvalidInput naming `where` when a repeat is open-ended or longer than MAX_REPEAT.
    """
    bare = re.sub(r"\[(?:\\.|[^\]\\])*\]", "x", pattern)
    if _OPEN_REPEAT.search(bare):
        raise InvalidInput(f"规则 {where} 的正则含无上界的重复（* + {{n,}}），请改成 {{0,n}}：{pattern[:60]}")
    for low, high in _REPEAT.findall(bare):
        if int(high or low or 0) > MAX_REPEAT:
            raise InvalidInput(f"规则 {where} 的重复次数超过 {MAX_REPEAT}：{pattern[:60]}")
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InvalidInput(f"规则 {where} 的正则写错了：{error}") from error


def _with_words(row: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """The row with every <word> mark replaced by the shared words of the file."""

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            for _ in range(2):  # a shared word may name another one
                for name, text in words.items():
                    value = value.replace(f"<{name}>", text)
            return value
        if isinstance(value, list):
            return [filled(item) for item in value]
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        return value

    return {key: filled(value) for key, value in row.items()}


def _joined(patterns: Sequence[str], where: str) -> re.Pattern[str] | None:
    if not patterns:
        return None
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    compile_linear(joined, where=where)
    return re.compile(guarded(joined))


def _exceptions(rows: Sequence[Mapping[str, str]], where: str) -> tuple[Exception_, ...]:
    return tuple(Exception_(compile_linear(row["when"], where=where), row["citation"]) for row in rows)


def _rule(row: Mapping[str, Any], *, negation: str) -> Rule:
    where = str(row.get("id", "（没有编号）"))
    absent = [name for name in _NEEDED if name not in row]
    if absent:
        raise InvalidInput(f"规则 {where} 缺少 {'、'.join(absent)}；请补上")
    pattern = _joined(row["patterns"], where)
    if pattern is None or not row["cues"]:
        raise InvalidInput(f"规则 {where} 缺 patterns 或 cues")
    if len(row["message"]) > MAX_MESSAGE_CHARS:
        raise InvalidInput(f"规则 {where} 的 message 超过 {MAX_MESSAGE_CHARS} 字")
    if len(row["positive"]) < 3 or len(row["negative"]) < 3:
        raise InvalidInput(f"规则 {where} 的正例、反例都至少要三个")
    return Rule(
        rule_id=where,
        ground=row["ground"],
        severity=Severity.read(row["severity"], field=f"规则 {where} 的 severity"),
        cues=tuple(row["cues"]),
        pattern=pattern,
        softer=_joined(row.get("softer", []), where),
        unless=_joined(row.get("unless", []), where),
        unless_text=_joined(row.get("unless_text", []), where),
        title=_joined([row["title"]] if "title" in row else [], where),
        exceptions=_exceptions(row.get("exception", []), where),
        negation=row.get("negation", negation),
        message=row["message"],
        rewrite=row["rewrite"],
        positive=tuple(row["positive"]),
        negative=tuple(row["negative"]),
    )


def _age_rule(row: Mapping[str, Any]) -> AgeRule:
    where = str(row["id"])
    pattern = _joined(row["patterns"], where)
    if pattern is None or not row["cues"]:
        raise InvalidInput(f"规则 {where} 缺 patterns 或 cues")
    return AgeRule(
        rule_id=where,
        severity=Severity.read(row["severity"], field=where),
        strict_severity=Severity.read(row["strict_severity"], field=where),
        strict_high=row["strict_high"],
        legal_low=row["legal_low"],
        legal_high=row["legal_high"],
        message=row["message"],
        strict_message=row["strict_message"],
        rewrite=row["rewrite"],
        cues=tuple(row["cues"]),
        pattern=pattern,
        about_others=compile_linear(row["about_others"], where=where),
        welcome=compile_linear(row["welcome"], where=where),
        prefer=compile_linear(row["prefer"], where=where),
        refuse=compile_linear(row["refuse"], where=where),
        exceptions=_exceptions(row.get("exception", []), where),
        positive=tuple(row["positive"]),
        negative=tuple(row["negative"]),
    )


def _sign(name: str, row: Mapping[str, Any]) -> Sign:
    known = {"severity", "message", "rewrite"}
    limits = {key: value for key, value in row.items() if key not in known}
    severity = Severity.read(row["severity"], field=f"迹象 {name} 的 severity")
    return Sign(name, severity, row["message"], row["rewrite"], limits)


def load_rules(folder: Path = RULE_FOLDER) -> RuleBook:
    """Read the rule files of `folder`.

    Raises InvalidInput naming the file and the line or rule when a file cannot be used as it stands.
    """
    contents = [_content(folder / name) for name in RULE_FILES]
    unlawful, risk = (_table(content, name) for content, name in zip(contents, RULE_FILES, strict=True))
    words = unlawful.get("words", {})
    unlawful, risk = _with_words(unlawful, words), _with_words(risk, words | risk.get("words", {}))
    try:
        return _book(unlawful, risk, hashlib.sha256(b"\0".join(contents)).hexdigest()[:12])
    except KeyError as error:
        raise InvalidInput(f"规则文件缺少 {error.args[0]} 一项；请对照别的规则补上") from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise InvalidInput(f"读不到规则文件 {path.name}；请放回原处") from None


def _table(content: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise InvalidInput(f"规则文件 {name} 不是 UTF-8 编码；请另存为 UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"规则文件 {name} 格式有误：{error}；请改正这一行") from None


def _book(unlawful: Mapping[str, Any], risk: Mapping[str, Any], digest: str) -> RuleBook:
    rules = [_rule(row, negation="none") for row in unlawful["rule"]]
    rules += [_rule(row, negation="both") for row in risk["rule"]]
    ids = [rule.rule_id for rule in rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise InvalidInput(f"规则编号重复：{rule_id}")
    cues = tuple(sorted({cue for rule in rules for cue in rule.cues}))
    return RuleBook(
        rules=tuple(rules),
        age=_age_rule(unlawful["age"]),
        signs={name: _sign(name, row) for name, row in risk["signs"].items()},
        quarantined=unlawful["quarantined"],
        negated_before=compile_linear(risk["negation"]["before"], where="negation.before"),
        negated_after=compile_linear(risk["negation"]["after"], where="negation.after"),
        warned=compile_linear(risk["negation"]["warned"], where="negation.warned"),
        disowned=compile_linear(unlawful["negation"]["disowned"], where="negation.disowned"),
        grounds=unlawful["grounds"],
        cues=cues,
        cue_search=Automaton(cues),
        version=f"{unlawful['version']}+{digest}",
        risks=frozenset({row["ground"] for row in risk["rule"]} | set(risk["signs"])),
    )
