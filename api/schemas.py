"""Request and response bodies of the integrator API (接口数据结构)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    model_validator,
)

from matcher.domain.posting_terms import PostingKind, Settlement, Shift
from matcher.services.answers import Filters, MatchAnswer
from matcher.services.imports.import_file import ImportReport
from matcher.services.matching import MOST_RESULTS

Short = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=2_000)]
LongText = Annotated[str, Field(max_length=20_000)]

FIRST_YEAR, LAST_YEAR = 2000, 2100
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}")
AnyDay = TypeVar("AnyDay", bound=date)


def _written_out(value: object) -> object:
    """Refuse a bare number, which would be read as seconds since 1970."""
    if isinstance(value, (int, float)) or (isinstance(value, str) and not _WRITTEN.match(value)):
        raise ValueError("日期和时间要写成 2026-03-01 或 2026-03-01T08:00:00+08:00")
    return value


def _of_our_time(value: AnyDay) -> AnyDay:
    """Refuse years in which no office has dates: calculating with them leaves the calendar."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"年份须在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    return value


Day = Annotated[date, BeforeValidator(_written_out), AfterValidator(_of_our_time)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_of_our_time)]


class Strict(BaseModel):
    """Refuses fields it does not know, so that a misspelt one is never ignored."""

    model_config = ConfigDict(extra="forbid")


class FilterBody(Strict):
    """Filters on top of the person's own wishes."""

    region: Annotated[str, Field(pattern=r"^(\d{2,12})?$", description="行政区划代码前缀，2–12 位")] = ""
    max_minutes: Annotated[StrictInt | None, Field(ge=1, le=600, description="单程最多多少分钟")] = None
    pay_floor_yuan: Annotated[StrictFloat | None, Field(ge=0, le=1_000_000, description="月薪下限，元")] = None
    settlements: Annotated[list[Settlement], Field(max_length=10)] = []
    shifts: Annotated[list[Shift], Field(max_length=10)] = []
    kinds: Annotated[list[PostingKind], Field(max_length=10)] = []

    def to_filters(self) -> Filters:
        """The same as the service takes it."""
        return Filters(
            region=self.region,
            max_minutes=self.max_minutes,
            pay_floor_yuan=self.pay_floor_yuan,
            settlements=tuple(self.settlements),
            shifts=tuple(self.shifts),
            kinds=tuple(self.kinds),
        )


class DescribedWorker(Strict):
    """A worker in a few words; personal particulars have no place here."""

    id: Short = "询问者"
    text: Annotated[Words, Field(description="一句话，例如：会贴砖，想找容城附近日结的活")]


class DescribedPosting(Strict):
    """A posting in a few words."""

    id: Short = "待发布岗位"
    title: Annotated[str, Field(min_length=1, max_length=200)]
    duties: LongText = ""
    requirements: LongText = ""
    pay_text: Short = ""
    city: Short = ""
    district: Short = ""
    address: Short = ""


Top = Annotated[StrictInt, Field(ge=1, le=MOST_RESULTS - 10)]


class JobsRequest(Strict):
    """Either a stored worker or one described here."""

    worker_id: Short | None = None
    worker: DescribedWorker | None = None
    top: Top = 10
    filters: FilterBody = FilterBody()
    personalised: Annotated[StrictBool, Field(description="false = 不按我的情况推荐")] = True

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        if (self.worker_id is None) == (self.worker is None):
            raise ValueError("worker_id 与 worker 必须且只能给一个")
        return self


class WorkersRequest(Strict):
    """Either a stored posting or one described here."""

    posting_id: Short | None = None
    posting: DescribedPosting | None = None
    top: Top = 10
    filters: FilterBody = FilterBody()

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        if (self.posting_id is None) == (self.posting is None):
            raise ValueError("posting_id 与 posting 必须且只能给一个")
        return self


class LineBody(BaseModel):
    """One sentence of at most 20 characters, with a stable code."""

    code: str
    text: str


class PostingBody(BaseModel):
    """What is shown of a posting."""

    posting_id: str
    title: str
    employer: str
    pay: str
    settlement: str
    place: str
    headcount_left: int | None


class MatchBody(BaseModel):
    """One match."""

    worker_id: str
    rank: int
    posting_id: str
    score: float
    p_worker: Annotated[float, Field(description="本人愿意去的估计")]
    p_employer: Annotated[float, Field(description="单位愿意要的估计")]
    reasons: list[LineBody]
    gaps: list[LineBody]


class MatchesBody(BaseModel):
    """Matches, the postings they name, and how they came about."""

    matches: list[MatchBody]
    postings: dict[str, PostingBody]
    widened: Annotated[list[LineBody], Field(description="放宽了哪些条件")]
    unlocks: Annotated[list[LineBody], Field(description="改变一项条件可多出的岗位数")] = []
    eligible: Annotated[int, Field(description="符合硬条件的数量")]
    vetoes: Annotated[dict[str, int], Field(description="各硬条件挡住的数量")]
    degraded: Annotated[bool, Field(description="true = 缺少模型文件，按规则打分")]
    versions: dict[str, str]

    @classmethod
    def of(cls, answer: MatchAnswer) -> MatchesBody:
        """From what the service answered."""
        return cls(
            matches=[
                MatchBody(
                    worker_id=m.worker_id,
                    rank=m.rank,
                    posting_id=m.posting_id,
                    score=round(m.score, 6),
                    p_worker=round(m.p_worker, 4),
                    p_employer=round(m.p_employer, 4),
                    reasons=[LineBody(code=x.code, text=x.text) for x in m.reasons],
                    gaps=[LineBody(code=x.code, text=x.text) for x in m.gaps],
                )
                for m in answer.matches
            ],
            postings={
                key: PostingBody(
                    posting_id=c.posting_id,
                    title=c.title,
                    employer=c.employer,
                    pay=c.pay,
                    settlement=c.settlement,
                    place=c.place,
                    headcount_left=c.headcount_left,
                )
                for key, c in answer.cards.items()
            },
            widened=[LineBody(code=x.code, text=x.text) for x in answer.widened],
            unlocks=[LineBody(code=x.code, text=x.text) for x in answer.unlocks],
            eligible=answer.eligible,
            vetoes=answer.vetoes,
            degraded=answer.degraded,
            versions=answer.versions,
        )


class Liveness(BaseModel):
    """The process answers."""

    status: str = "alive"


class Readiness(BaseModel):
    """The index is up; sizes and the last change it knows."""

    status: str = "ready"
    postings: int
    workers: int
    high_water_mark: int
    degraded: bool


class ProblemCountBody(BaseModel):
    """One kind of problem of an import."""

    reason: str
    fix: str
    rows: int
    first_row: int
    left_out: Annotated[bool, Field(description="true = 这些行没有导入")]


class ImportBody(BaseModel):
    """What became of an imported file."""

    job_id: int
    kind: str
    source: str
    rows_read: int
    counts: dict[str, int]
    problems: list[ProblemCountBody]
    notices: list[str]
    corrections: Annotated[str | None, Field(description="服务器上的更正表文件名")]

    @classmethod
    def of(cls, report: ImportReport) -> ImportBody:
        """From what the service reported."""
        return cls(
            job_id=report.job_id,
            kind=report.kind.value,
            source=report.source,
            rows_read=report.rows_read,
            counts=report.counts,
            problems=[
                ProblemCountBody(
                    reason=p.reason, fix=p.fix, rows=p.rows, first_row=p.first_row, left_out=p.fatal
                )
                for p in report.problems
            ],
            notices=report.notices,
            corrections=report.corrections.name if report.corrections else None,
        )


class RecordBody(BaseModel):
    """One stored record, personal values masked."""

    record: dict[str, Any]
