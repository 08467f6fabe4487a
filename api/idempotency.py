"""A request that is repeated gets the answer of the first and does nothing again (幂等请求).

The client names its request in the header Idempotency-Key. The answer is kept in the transaction of the effect,
so that there is never one without the other.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from matcher.errors import Conflict
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.api_keys import ApiKey
from matcher.store.repositories.idempotency import IdempotencyRepository, KeptAnswer, RequestKey

LONGEST_KEY = 120
REPLAYED = "Idempotent-Replayed"


def required_key(
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            max_length=LONGEST_KEY,
            description="这次操作的编号，自己定；重复发送同一编号不会重复执行",
        ),
    ] = "",
) -> str:
    """The header; 400 when it is missing."""
    if not key.strip() or not key.isascii() or not key.isprintable():
        raise HTTPException(400, "缺少 Idempotency-Key 请求头：请给这次操作一个唯一编号，重试时保持不变")
    return key.strip()


OnceKey = Annotated[str, Depends(required_key)]


def request_key(request: Request, caller: ApiKey, key: str, body: BaseModel | None) -> RequestKey:
    """What makes two requests the same: client, route and key; the fingerprint covers path and body."""
    content = [request.method, request.url.path, body.model_dump(mode="json") if body else None]
    plain = json.dumps(content, ensure_ascii=True, sort_keys=True)
    route = request.scope["route"].path
    return RequestKey(caller.prefix, route, key, hashlib.sha256(plain.encode()).hexdigest())


def kept_answer(database: Database, request: RequestKey) -> KeptAnswer | None:
    """The answer given before, or the note of one under way. Raises InvalidInput for another body."""
    with database.reading() as session:
        return IdempotencyRepository(session).find(request)


def replayed(found: KeptAnswer) -> JSONResponse:
    """The answer of the first request again. Raises Conflict while there is none yet."""
    if found.in_progress:
        raise Conflict("同一个请求正在处理；请稍后用同一个 Idempotency-Key 再试")
    return JSONResponse(found.answer, found.status, headers={REPLAYED: "true"})


def answered(status: int, body: BaseModel) -> JSONResponse:
    """A first answer, in the very form in which it is kept."""
    return JSONResponse(plain_body(body), status)


def plain_body(body: BaseModel) -> dict[str, Any]:
    """The body as JSON values."""
    return body.model_dump(mode="json")


def forget_old_answers(database: Database) -> None:
    """Drop the answers that nobody will ask for again."""
    with database.writing(SYSTEM_ACTOR) as session:
        IdempotencyRepository(session).forget_old()
