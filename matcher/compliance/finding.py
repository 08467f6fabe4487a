"""What the compliance check says about a posting (检查结果)."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.domain.labelled import Labelled


class Severity(Labelled):
    """What happens to a posting with this finding (处理)."""

    BLOCK = "block", "拦截"
    RETURN = "return", "退改"
    HINT = "hint", "提示"


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach. start/end: span in the field as written; both 0 when it rests on no text.

    field: title, duties, requirements, text, a quarantined field's name, or context.
    message: at most 20 characters, for a person; rewrite: what to write instead.
    basis: the numbers it rests on, in words: facts of the registry, or the chance the second reader gives it.
    """

    rule_id: str
    ground: str
    severity: Severity
    start: int
    end: int
    field: str
    message: str
    rewrite: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A limit that a rule of law allows; `citation` names it and must be checked before use."""

    rule_id: str
    start: int
    end: int
    field: str
    citation: str


@dataclass(frozen=True, slots=True)
class Review:
    """Findings and the lawful exceptions that were applied, with the rule version they rest on."""

    findings: tuple[Finding, ...]
    exemptions: tuple[Exemption, ...]
    version: str

    @property
    def blocked(self) -> bool:
        """True when the posting must never reach any output."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)
