"""The HTTP service: one FastAPI application over one open installation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from api import problems
from api.accounts import admin_pages, sign_in_pages
from api.accounts.admission import ADMISSION
from api.accounts.rate_limits import SignInLimits
from api.headers import SecureHeaders
from api.limits import BodyLimit
from api.opening import bring_up
from api.pages import kiosk
from api.pages.desk import router as desk_pages
from api.pages.employer import router as employer_pages
from api.pages.fair import router as fair_pages
from api.pages.live import router as console_pages
from api.pages.manage import router as manage_pages
from api.pages.rendering import STATIC_URL, PageAssets
from api.routers import (
    fairs,
    health,
    imports,
    instant,
    live,
    live_pages,
    matching,
    outcomes,
    push_batches,
    records,
    renderings,
    sms_receipts,
    swaps,
)
from api.routers.answers import answer_router
from api.shedding import Shedding
from api.unexpected import Unexpected
from matcher import __version__
from matcher.config import Config
from matcher.services.care import push_answers

PREFIX = "/api/v1"
UPLOADS = (f"{PREFIX}{imports.router.prefix}", "/desk/imports", "/fair/merge")
"""Paths that take a file."""

AT_ONCE = 4  # requests worked on; more only take the interpreter from each other and from the event loop
WORKER_THREADS = 8  # a match holds a core for some milliseconds; more threads only queue inside the process

ROUTED = (health, matching, records, imports, outcomes, push_batches, sms_receipts, renderings, instant, fairs, swaps, live)

PAGES = (
    sign_in_pages.router,
    admin_pages.router,
    kiosk.router,
    desk_pages,
    manage_pages,
    employer_pages,
    fair_pages,
    console_pages,
)
"""Every one of their routes needs a row in `api.accounts.access.ACCESS`."""


def create_app(config: Config | None = None) -> FastAPI:
    """The application; `config` defaults to the environment's."""
    settings = config or Config.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = WORKER_THREADS
        app.state.runtime = None
        app.state.not_ready_because = "服务正在启动，请稍后再试"
        opening = asyncio.create_task(bring_up(app, settings))
        yield
        await opening
        runtime, app.state.runtime = app.state.runtime, None
        if runtime is not None:
            await anyio.to_thread.run_sync(runtime.close)

    app = FastAPI(
        title="岗位与劳动者匹配服务",
        version=__version__,
        lifespan=lifespan,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    for module in ROUTED:
        app.include_router(module.router, prefix=PREFIX, responses=problems.RESPONSES)
    app.include_router(answer_router(push_answers))
    app.include_router(live_pages.router)
    app.include_router(kiosk.slip_router)
    for router in PAGES:
        app.include_router(router, dependencies=ADMISSION, include_in_schema=False)
    app.state.sign_in_limits = SignInLimits()
    app.mount(STATIC_URL, PageAssets())
    app.add_middleware(
        Shedding,
        at_once=AT_ONCE,
        always=(f"{PREFIX}{health.router.prefix}",),
        uploads=UPLOADS,
    )
    app.add_middleware(BodyLimit, upload_paths=UPLOADS)
    app.add_middleware(Unexpected)
    app.add_middleware(SecureHeaders)
    return app
