"""Request and response bodies of care: queue, contacts, households, outcomes, monthly report (帮扶接口数据结构)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictBool, StrictInt, model_validator

from api.schemas import Day, Moment, Short, Strict
from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.service_terms import EndReason, Evidence, FollowUpMode, ServiceKind
from matcher.errors import MatcherError
from matcher.services.care.follow_up_queue import LONGEST_NOTE, Contact, QueuePage
from matcher.services.care.household_care import HouseholdBoard
from matcher.services.care.outcomes import Recorded, Statement
from matcher.services.reports.monthly_report import MonthlyReport


class QueueLineBody(BaseModel):
    """One contact owed; name and phone masked."""

    worker_id: str
    name: str
    phone: str
    region_code: str | None
    caseworker: str | None
    kind: QueueKind
    why: str
    due_at: datetime
    overdue_days: int
    may_call: Annotated[bool, Field(description="false = 本人未同意电话短信联系，只能上门或窗口")]


class QueueBody(BaseModel):
    """A page of the queue. total and counts are of the whole queue."""

    lines: list[QueueLineBody]
    total: int
    counts: dict[str, int]

    @classmethod
    def of(cls, page: QueuePage) -> QueueBody:
        """From what the service answered."""
        return cls(
            lines=[QueueLineBody.model_validate(line, from_attributes=True) for line in page.lines],
            total=page.total,
            counts={kind.value: count for kind, count in page.counts.items()},
        )


class ContactRequest(Strict):
    """A contact that was made, or tried."""

    worker_id: Short
    kind: QueueKind
    mode: FollowUpMode
    reached: StrictBool
    result: Annotated[str, Field(max_length=LONGEST_NOTE, description="加密保存")] = ""
    service: ServiceKind | None = None
    next_at: Moment | None = None

    def to_contact(self) -> Contact:
        """The same as the service takes it."""
        return Contact(
            self.worker_id, self.kind, self.mode, self.reached, self.result, self.service, self.next_at
        )


class ContactBody(BaseModel):
    """When to get in touch again; null = nothing is owed."""

    next_at: datetime | None


class HouseholdBody(BaseModel):
    """One open household."""

    household_id: str
    region_code: str | None
    target_worker_id: str | None
    since: date
    due: date
    days_left: int
    verified: bool
    reopened: bool


class HouseholdsBody(BaseModel):
    """The dashboard of households. unknown: 待核实."""

    total: int
    open: int
    unverified: int
    overdue: int
    unknown: int
    cleared: int
    reopened: int
    lines: list[HouseholdBody]

    @classmethod
    def of(cls, board: HouseholdBoard) -> HouseholdsBody:
        """From what the service answered."""
        return cls.model_validate(board, from_attributes=True)


class OutcomeRow(Strict):
    """One statement. said: null = nobody knows, nothing is recorded."""

    worker_id: Short = ""
    push_id: Annotated[StrictInt | None, Field(ge=1, le=2**53)] = None
    posting_id: Short | None = None
    fact: OutcomeFact
    said: StrictBool | None
    on: Day | None = None
    evidence: Evidence
    reason: EndReason | None = None

    @model_validator(mode="after")
    def somebody(self) -> Self:
        if not self.worker_id and self.push_id is None:
            raise ValueError("worker_id 与 push_id 至少给一个")
        return self

    def to_statement(self) -> Statement | None:
        """The same as the service takes it; None when nobody knows."""
        if self.said is None:
            return None
        return Statement(
            self.worker_id,
            self.fact,
            self.said,
            self.evidence,
            self.posting_id,
            self.push_id,
            self.on,
            self.reason,
        )


class OutcomesRequest(Strict):
    """Statements, at most 1,000."""

    rows: Annotated[list[OutcomeRow], Field(min_length=1, max_length=1_000)]


class OutcomeResultBody(BaseModel):
    """What became of one row, in the order sent."""

    row: int
    result: Annotated[str, Field(description="recorded 记录、unchanged 未变、unknown 不清楚、problem 有误")]
    notices: list[str] = []
    problem: str = ""

    @classmethod
    def of(cls, row: int, done: Recorded | MatcherError | None) -> OutcomeResultBody:
        """From what the service did; None: nobody knew."""
        if done is None:
            return cls(row=row, result="unknown")
        if isinstance(done, MatcherError):
            return cls(row=row, result="problem", problem=done.message)
        result = "recorded" if done.changed else "unchanged"
        return cls(row=row, result=result, notices=list(done.notices))


class OutcomesBody(BaseModel):
    """What became of the rows."""

    rows: list[OutcomeResultBody]


class FigureBody(BaseModel):
    """One number of the month."""

    label: str
    total: int
    unit: str


class SectionBody(BaseModel):
    """A heading of the plan with its figures; its text is left to a person."""

    heading: str
    figures: list[FigureBody]


class MonthlyBody(BaseModel):
    """The monthly report without its rows, which are in the workbook."""

    month: str
    region: str
    report_day: int
    pack_version: str
    sections: list[SectionBody]
    warnings: list[str]

    @classmethod
    def of(cls, report: MonthlyReport) -> MonthlyBody:
        """From what the service made."""
        sections = [
            SectionBody(
                heading=section.heading,
                figures=[
                    FigureBody(label=one.label, total=one.total, unit=one.unit) for one in section.figures
                ],
            )
            for section in report.sections
        ]
        return cls(
            month=f"{report.month.year}-{report.month.month:02}",
            region=report.region,
            report_day=report.report_day,
            pack_version=report.pack_version,
            sections=sections,
            warnings=list(report.warnings),
        )
