"""Where the SMS gateway reports what arrived; signed with the shared key, no interface key (短信回执)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from api.state import runtime_of
from matcher.delivery.gateway_receipts import parse_callback
from matcher.errors import NotFound
from matcher.services.runtime import Runtime
from matcher.services.sending.push_office import push_office
from matcher.services.sending.push_receipts import ReceiptsResult, record_receipts
from matcher.services.sending.push_ways import read_gateway

router = APIRouter(prefix="/sms-receipts", tags=["推送批次"])
ACTOR = "sms-gateway"


class ReceiptsBody(BaseModel):
    """How many receipts changed something; a repeated body changes nothing."""

    delivered: int
    failed: int
    repeated: int
    unknown: int


@router.post("", summary="短信网关的送达回执（验签）")
async def receipts(request: Request) -> ReceiptsBody:
    """403 for a wrong or old signature; 404 where this office has no gateway."""
    body = await request.body()
    runtime = runtime_of(request)
    result = await run_in_threadpool(_recorded, runtime, body, dict(request.headers))
    return ReceiptsBody(
        delivered=result.delivered,
        failed=result.failed.total(),
        repeated=result.repeated + result.sent,
        unknown=result.unknown,
    )


def _recorded(runtime: Runtime, body: bytes, headers: dict[str, str]) -> ReceiptsResult:
    gateway = read_gateway(runtime.config.gateway_path)
    if gateway is None:
        raise NotFound("本单位没有配置短信网关")
    told = parse_callback(body, headers, gateway.key, runtime.database.clock)
    return record_receipts(runtime.database, told, push_office(runtime), actor=ACTOR)
