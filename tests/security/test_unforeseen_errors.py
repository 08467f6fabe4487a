"""What nobody foresaw ends in one sentence: nothing of its words in the answer, in the log or on the screen."""

from __future__ import annotations

import sys

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import problems
from api.headers import HEADERS, SecureHeaders
from api.unexpected import Unexpected
from matcher import cli
from matcher.errors import trail

SECRET = "赵某某 13700009999"


def broken() -> None:
    raise ValueError(SECRET)


@pytest.fixture
def client() -> TestClient:
    """An application that fails, in the order of its walls. Raises what the server would be handed and would log."""
    app = FastAPI()
    problems.install(app)

    @app.get("/api/v1/broken/{whose}")
    def fail(whose: str) -> None:
        broken()

    @app.get("/desk/broken")
    def fail_a_person() -> None:
        broken()

    @app.get("/api/v1/thing")
    @app.post("/api/v1/other/{number}")
    def fine(number: int = 0) -> None: ...

    app.post("/api/v1/thing")(fine)
    app.add_middleware(Unexpected)
    app.add_middleware(SecureHeaders)
    return TestClient(app, raise_server_exceptions=True)


@pytest.mark.parametrize("path", ["/api/v1/broken/13700009999", "/desk/broken"])
def test_the_words_of_an_error_reach_neither_answer_nor_log(
    client: TestClient, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get(path)
    assert answer.status_code == 500
    said = "".join(capsys.readouterr())
    for words in SECRET.split():
        assert words not in answer.text
        assert words not in said
    assert "ValueError" in said
    assert "test_unforeseen_errors.py" in said, "the log must say where"
    assert {name.lower() for name in HEADERS} <= set(answer.headers)


def test_a_method_that_is_not_supported_is_told_which_are(client: TestClient) -> None:
    answer = client.delete("/api/v1/thing")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_the_trail_names_kind_and_place_without_words() -> None:
    with pytest.raises(ValueError) as caught:
        broken()
    assert trail(caught.value).startswith("ValueError ")
    assert trail(caught.value).endswith(":broken")
    assert not set(SECRET.split()) & set(trail(caught.value).split())


def test_a_command_that_breaks_shows_no_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "app", lambda **_: broken())
    monkeypatch.setattr(sys, "argv", ["matcher"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = "".join(capsys.readouterr())
    assert ended.value.code == 70
    assert "ValueError" in said
    assert not any(words in said for words in SECRET.split())
