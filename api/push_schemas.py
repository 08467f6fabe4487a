"""Request and response bodies of push batches (推送批次接口数据结构)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictInt

from api.schemas import Short, Strict
from matcher.domain.population import PopulationQuery
from matcher.domain.record_terms import BatchState, PersonProgress, ShortfallAction
from matcher.domain.service_terms import Channel, PushState
from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.regions.pack import RegionPack
from matcher.services.planning.plan_settings import MOST_PUSHES, PlanSettings
from matcher.services.sending.batch_life import Stopped
from matcher.services.sending.batch_status import BatchStatus
from matcher.services.sending.send_batch import SendResult
from matcher.store.tables.push_batches import PushShortfallRow
from matcher.store.tables.pushes import PushRow

MOST_REGIONS = 100
MOST_PEOPLE = 5_000
RegionPrefix = Annotated[str, Field(pattern=r"^\d{2,12}$")]
Reason = Annotated[str, Field(min_length=1, max_length=500, description="理由，记入审计")]


class PopulationBody(Strict):
    """Whom a batch is for; the default is every willing relocated worker."""

    categories: list[WorkerCategory] = Field(default=[WorkerCategory.RELOCATED], max_length=30)
    statuses: list[JobStatus] = Field(default=[JobStatus.SEEKING], max_length=10)
    unknown_status: StrictBool = False
    regions: list[RegionPrefix] = Field(default=[], max_length=MOST_REGIONS)
    not_pushed_days: Annotated[StrictInt, Field(ge=0, le=3_660)] = 0
    zero_employment: StrictBool = False
    worker_ids: list[Short] = Field(default=[], max_length=MOST_PEOPLE)

    def to_query(self) -> PopulationQuery:
        """The same as the service takes it. Raises InvalidInput for a category that may not be pushed to."""
        return PopulationQuery.from_json(self.model_dump(mode="json"))


class PlanRequest(Strict):
    """A batch to be planned; what is left out is as the region pack says."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    population: PopulationBody = PopulationBody()
    floor: Annotated[StrictInt | None, Field(ge=1, le=MOST_PUSHES, description="每人至少几条")] = None
    wave_size: Annotated[StrictInt | None, Field(ge=1, le=1_000_000)] = None
    waive_wishes: Annotated[StrictBool, Field(description="true = 也推超出本人说的路程或工资的岗位")] = False
    seed: Annotated[StrictInt, Field(ge=0, le=2**31 - 1)] = 0

    def to_settings(self, pack: RegionPack) -> PlanSettings:
        """The pack's settings with the given ones changed."""
        given = {"floor": self.floor, "wave_size": self.wave_size, "waive_wishes": self.waive_wishes}
        return PlanSettings.of(pack, **{key: value for key, value in given.items() if value is not None})


class ApproveRequest(Strict):
    """How a draft is to be sent."""

    wave_size: Annotated[StrictInt | None, Field(ge=1, le=1_000_000, description="每批人数，不写按方案")] = None


class ReasonRequest(Strict):
    """Why."""

    reason: Reason


class PlanFiguresBody(BaseModel):
    """People at planning."""

    people: int
    satisfied: int
    short: int


class BatchBody(BaseModel):
    """Where a batch stands; counts only."""

    batch_id: int
    name: str
    state: BatchState
    state_label: str
    min_per_person: int
    wave_size: int | None
    next_wave: Annotated[int | None, Field(description="下一批的序号，从 0 起；null = 没有人待发")]
    planned: PlanFiguresBody
    people: int
    served: Annotated[int, Field(description="已收到足数推送的人数")]
    short: int
    progress: dict[PersonProgress, int]
    pushes: dict[PushState, int]
    messages: dict[str, int]
    troubles: Annotated[dict[str, int], Field(description="没有发出的原因")]
    planned_by: str
    planned_at: datetime
    approver: str | None
    approved_at: datetime | None
    stopped_by: str | None
    stop_reason: str | None
    closed_at: datetime | None

    @classmethod
    def of(cls, status: BatchStatus) -> BatchBody:
        """From what the service counted."""
        return cls.model_validate(status.to_json())


class StoppedBody(BatchBody):
    """A stopped batch, and what the stop found."""

    out: Annotated[int, Field(description="已发出的消息")]
    under_way: Annotated[int, Field(description="已交给通道、无法撤回的消息")]
    withdrawn: Annotated[int, Field(description="撤回的消息")]
    stopped_people: int
    sentence: str

    @classmethod
    def of_stop(cls, stopped: Stopped) -> StoppedBody:
        """From what the service found."""
        return cls.model_validate(stopped.to_json())


class BatchesBody(BaseModel):
    """Batches, newest first. next_before: pass it on as `before` for the next page."""

    batches: list[BatchBody]
    next_before: int | None


class CoverageBody(BaseModel):
    """What planning measured and proved."""

    batch_id: int
    figures: dict[str, Any]
    certificate: dict[str, Any] | None


class ShortfallBody(BaseModel):
    """Why a person gets too little and what would change it."""

    worker_id: str
    found: int
    missing: int
    cause: str | None
    text: str | None
    rivals: int | None
    places: int | None
    changes: Annotated[list[Any], Field(description="一项改变能打开多少岗位")]
    action: ShortfallAction | None

    @classmethod
    def of(cls, row: PushShortfallRow) -> ShortfallBody:
        """From the stored row."""
        return cls(
            worker_id=row.worker_id,
            found=row.found,
            missing=row.missing,
            cause=row.cause,
            text=row.text,
            rivals=row.rivals,
            places=row.places,
            changes=row.blocking or [],
            action=row.action,
        )


class ShortfallsBody(BaseModel):
    """A page of shortfalls. next_after: pass it on as `after` for the next page."""

    shortfalls: list[ShortfallBody]
    next_after: int | None


class PushBody(BaseModel):
    """One push: ids and states, no identity."""

    push_id: int
    worker_id: str
    posting_id: str
    position: int
    score: float
    reasons: list[Any]
    channel: Channel
    state: PushState
    failure: str | None
    sent_at: datetime | None
    delivered_at: datetime | None
    counts_toward_quota: bool
    replaces_id: int | None

    @classmethod
    def of(cls, row: PushRow) -> PushBody:
        """From the stored row."""
        return cls(
            push_id=row.id,
            worker_id=row.worker_id,
            posting_id=row.posting_id,
            position=row.position,
            score=round(row.score, 6),
            reasons=row.reasons or [],
            channel=row.channel,
            state=row.state,
            failure=row.failure,
            sent_at=row.sent_at,
            delivered_at=row.delivered_at,
            counts_toward_quota=row.counts_toward_quota,
            replaces_id=row.replaces_id,
        )


class PushesBody(BaseModel):
    """A page of pushes. next_after: pass it on as `after` for the next page."""

    pushes: list[PushBody]
    next_after: int | None


class SentBody(BaseModel):
    """What one sending did; reason → count where there are reasons."""

    wave: Annotated[int | None, Field(description="发到第几批，从 0 起")]
    stopped: bool
    people: dict[PersonProgress, int]
    messages: int
    replaced: Annotated[int, Field(description="换掉的失效岗位")]
    voided: dict[str, int]
    waiting_people: int
    sent: int
    delivered: int
    failed: dict[str, int]
    pending: dict[str, int]
    taken_back: dict[str, int]

    @classmethod
    def of(cls, result: SendResult) -> SentBody:
        """From what the service did."""
        return cls.model_validate(result.to_json())
