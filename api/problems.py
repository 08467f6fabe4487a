"""Every error of the API as problem+json, RFC 9457, and every error of a page as a page (错误统一格式)."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route, compile_path

from api.accounts.staff import SignInNeeded
from api.pages.problem_pages import for_people, problem_page, sign_in_page
from matcher.errors import Conflict, Forbidden, InvalidInput, MatcherError, NotFound, Unavailable

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = "2"

_STATUS: dict[type[MatcherError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Unavailable: 503,
}
_TITLE = {
    400: "请求无法读懂",
    401: "需要有效的接口密钥",
    403: "没有权限",
    404: "不存在",
    405: "不支持的方法",
    409: "数据冲突",
    413: "内容过大",
    415: "不支持的格式",
    422: "数据有误",
    500: "服务内部错误",
    503: "服务暂不可用",
}


_PAGE_SENTENCES = {404: "没有这个页面；请检查地址", 405: "这个页面不支持这样打开"}


class Problem(BaseModel):
    """What went wrong, for a person (`detail`) and for a program (`code`)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, Any]] = Field(default_factory=list, description="字段级错误")


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": title,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, title in _TITLE.items()
}
"""Declared on every route, so that no status is a surprise."""


def problem(
    status: int, detail: str, *, code: str, errors: list[dict[str, Any]] | None = None
) -> JSONResponse:
    """A problem+json response."""
    body = Problem(
        title=_TITLE.get(status, "错误"), status=status, detail=detail, code=code, errors=errors or []
    )
    headers = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = RETRY_AFTER_S
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body.model_dump(), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Register the handlers and the schema."""
    app.add_exception_handler(MatcherError, _on_matcher_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    generated = app.openapi

    def with_problem_schema() -> dict[str, Any]:
        document = generated()
        document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        return document

    app.openapi = with_problem_schema  # type: ignore[method-assign]


async def _on_matcher_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MatcherError)
    if isinstance(error, SignInNeeded):
        return sign_in_page(request, error)
    status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)
    if for_people(request):
        return problem_page(request, status, error.message)
    return problem(status, error.message, code=error.code)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if for_people(request):
        return problem_page(request, 422, "这个地址或表单里的内容不完整；请返回上一页再试")
    # `input` is left out on purpose: it may hold personal data.
    fields = [
        {"field": ".".join(str(part) for part in e["loc"]), "message": e["msg"], "code": e["type"]}
        for e in error.errors()
    ]
    unreadable = any(f["code"] == "json_invalid" for f in fields)
    status = 400 if unreadable else 422
    return problem(status, "请求内容不符合要求，见 errors", code="invalid_request", errors=fields)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if for_people(request):
        return problem_page(request, error.status_code, _PAGE_SENTENCES.get(error.status_code, str(error.detail)))
    answer = problem(error.status_code, str(error.detail), code=f"http_{error.status_code}")
    if error.status_code == 405:
        answer.headers["Allow"] = _methods_at(request)
    return answer


def _methods_at(request: Request) -> str:
    """Every method that some route answers at the path of the request."""
    routes = (route for route in iter_route_contexts(request.app.routes) if isinstance(route.original_route, Route))
    here = [route.methods for route in routes if compile_path(route.path)[0].match(request.url.path)]
    return ", ".join(sorted(set().union(*here)))
