"""`matcher init`, `account`, `audit` and `serve` as the person who installs the service meets them."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from matcher.cli import main
from matcher.config import Config
from matcher.domain.service_terms import Role
from matcher.services.accounts import passwords
from matcher.services.accounts.signing_in import sign_in
from matcher.services.accounts.staff import Step
from matcher.services.installation import open_database
from matcher.store.database import Database
from matcher.store.tables.records import AuditRow

Matcher = Callable[..., str]
PASSWORD = re.compile(r"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}")


@pytest.fixture
def matcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Matcher:
    """Call with arguments for what the command printed; code: the exit code that it must end with."""
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        ended = 0
        try:
            main()
        except SystemExit as end:
            ended = int(end.code or 0)
        told = capsys.readouterr()
        assert ended == code, told.err
        return told.out + told.err

    return run


@pytest.fixture
def database(matcher: Matcher) -> Iterator[Database]:
    matcher("init")
    opened = open_database(Config.from_environment())
    yield opened
    opened.close()


def test_init_without_a_terminal_makes_no_account_and_says_how(matcher: Matcher) -> None:
    assert "matcher init --admin" in matcher("init")
    assert "admin" not in matcher("account", "list")


def test_init_prints_a_password_for_one_signing_in_and_never_again(matcher: Matcher, database: Database) -> None:
    told = matcher("init", "--admin", "boss")
    password = PASSWORD.search(told)
    assert password
    assert sign_in(database, "boss", password[0]).step is Step.ENROL
    assert not PASSWORD.search(matcher("init"))
    assert "已经有管理员" in matcher("init", "--admin", "other", code=1)


def test_init_in_a_terminal_asks_for_login_and_password(
    matcher: Matcher, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["boss", "purple-tram-oversleeps"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    told = matcher("init")
    assert "purple-tram" not in told
    assert sign_in(database, "boss", "purple-tram-oversleeps").role is Role.ADMIN


def test_an_account_from_its_creation_to_its_end(matcher: Matcher, database: Database) -> None:
    told = matcher("account", "create", "wang", "--role", "帮扶干部", "--region", "130638000000")
    password = PASSWORD.search(told)[0]
    assert sign_in(database, "wang", password).step is Step.NEW_PASSWORD
    listed = matcher("account", "list")
    assert "wang" in listed
    assert "130638000000" in listed
    fresh = PASSWORD.search(matcher("account", "reset-password", "wang"))[0]
    assert fresh != password
    matcher("account", "unlock", "wang")
    matcher("account", "disable", "wang")
    assert "停用" in matcher("account", "list")
    matcher("account", "enable", "wang")
    assert "0 人" in matcher("account", "caseload", "wang", "--region", "130638000000")
    matcher("account", "caseload", "wang", code=2)


def test_a_kiosk_account_comes_with_a_pairing_code(matcher: Matcher, database: Database) -> None:
    assert re.search(r"配对码.*\d{8}", matcher("account", "create", "kiosk-1", "--role", "kiosk_device"))


def test_mistakes_are_one_clear_line(matcher: Matcher, database: Database) -> None:
    assert "没有登录名" in matcher("account", "disable", "nobody", code=1)
    assert "不在允许范围内" in matcher("account", "create", "wang", "--role", "king", code=1)
    assert "登录名只能" in matcher("account", "create", "王", "--role", "host", code=1)


def test_the_audit_log_is_walked_and_a_planted_change_found(matcher: Matcher, database: Database) -> None:
    matcher("account", "create", "wang", "--role", "host")
    matcher("account", "disable", "wang")
    told = matcher("audit", "verify")
    anchor = re.search(r"存证：(\S+)", told)[1]
    assert "共 2 条" in told
    matcher("audit", "verify", "--anchor", anchor)
    matcher("audit", "verify", "--anchor", "第一条", code=1)
    with database.writing("intruder") as session:
        session.execute(update(AuditRow).where(AuditRow.seq == 1).values(actor="somebody"))
    assert "第 1 条内容被改动" in matcher("audit", "verify", code=1)


def test_the_service_refuses_to_listen_to_others_without_an_administrator(
    matcher: Matcher, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **options: started.append(options["host"]))
    assert "matcher init --admin" in matcher("serve", "--host", "0.0.0.0", code=1)
    matcher("serve")
    matcher("init", "--admin", "boss")
    assert "HTTPS" in matcher("serve", "--host", "0.0.0.0")
    assert started == ["127.0.0.1", "0.0.0.0"]
