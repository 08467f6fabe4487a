"""A short run of schemathesis; `python -m tests.security.api_schema` is the long one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tests.security.api_schema import Found, one_pass, opened, run, settings
from tests.security.filled_office import KnownIds
from tests.security.open_office import OpenOffice


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenOffice, KnownIds]]:
    with opened(Path(tmp_path_factory.mktemp("schema"))) as made:
        yield made


def test_the_interface_answers_as_its_document_says(filled: tuple[OpenOffice, KnownIds]) -> None:
    office, known = filled
    found = run(office, known, cases=1, seed=7, phases=("fuzzing",))
    assert dict(found.failures) == {}
    assert found.cases > len(found.operations) > 70
    assert "unexpected_error" not in office.log.read_text()


class Thing(BaseModel):
    number: int


def careless() -> FastAPI:
    """An interface with a status that its document does not know and a body that is not what it says."""
    app = FastAPI()

    @app.get("/unknown-status")
    def unknown_status() -> JSONResponse:
        return JSONResponse({}, status_code=418)

    @app.get("/other-body", response_model=Thing)
    def other_body() -> JSONResponse:
        return JSONResponse({"number": "none"})

    @app.get("/breaks")
    def breaks() -> JSONResponse:
        return JSONResponse({}, status_code=500)

    return app


@pytest.mark.parametrize(
    ("path", "check"),
    [
        ("/unknown-status", "status_code_conformance"),
        ("/other-body", "response_schema_conformance"),
        ("/breaks", "not_a_server_error"),
    ],
)
def test_the_run_finds_a_planted_defect(path: str, check: str) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", careless(), config=settings(1, 2, ("fuzzing",)))
    found = Found()
    one_pass(schema.include(path=path), found)
    assert [line for line in found.failures if f"[{check}]" in line]
