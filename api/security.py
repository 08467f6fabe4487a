"""Who may call what: a bearer API key with scopes (接口密钥)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api.state import runtime_of
from matcher.domain.service_terms import Scope
from matcher.errors import Forbidden
from matcher.services.runtime import Runtime
from matcher.store.repositories.api_keys import ApiKey, ApiKeyRepository

bearer = HTTPBearer(auto_error=False, description="接口密钥，由 matcher key create 生成")


def authenticated(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> ApiKey:
    """The key of the request; 401 when it is missing or proves nothing."""
    if credentials is None:
        raise HTTPException(401, "缺少接口密钥：请在 Authorization 头里带上 Bearer 密钥")
    runtime: Runtime = runtime_of(request)
    try:
        with runtime.database.reading() as session:
            return ApiKeyRepository(session).authenticate(credentials.credentials)
    except Forbidden as error:
        raise HTTPException(401, error.message) from None


def allowed(scope: Scope) -> Callable[[ApiKey], ApiKey]:
    """A dependency that lets a request through when its key carries `scope`; 403 otherwise."""

    def check(key: Annotated[ApiKey, Depends(authenticated)]) -> ApiKey:
        key.require(scope.value)
        return key

    return check
