"""A small installation with the sample county, opened once for all API tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from api_service import API, Service
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from office_people import Office

from api.app import create_app
from matcher.config import Config
from matcher.demo.county import County
from matcher.domain.service_terms import Scope
from matcher.services.access import create_key
from matcher.services.accounts import passwords
from matcher.services.demo.demo_accounts import demo_accounts
from matcher.services.imports.import_file import import_file
from matcher.services.installation import create_home


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("service")
    config = Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")
    county = County.generate(3, 40, 120, today=datetime.now(UTC).date())
    files = {path.name: path for path in county.write_files(tmp_path_factory.mktemp("files"))}
    database = create_home(config)
    for name in ("postings.xlsx", "workers.xlsx"):
        import_file(database, files[name], corrections_folder=config.import_folder, source="样例")
    keys = {scope.value: create_key(database, "测试", [scope], actor="test").text for scope in Scope}
    keys["approver"] = create_key(database, "测试批准", [Scope.PUSH], actor="test").text
    database.close()
    with TestClient(create_app(config), raise_server_exceptions=False) as client:
        for _ in range(300):
            if client.get(f"{API}/health/ready").status_code == 200:
                break
            time.sleep(0.2)
        yield Service(client, config, county, keys)


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """Passwords hashed at once, in here alone: tests elsewhere look at the real parameters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys_hash.cache_clear()
        yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def signed_office(service: Service) -> Office:
    """The same service with an account for each role."""
    database = service.client.app.state.runtime.database
    with cheap_hashes():
        logins = {login.login: login for login in demo_accounts(database)}
    return Office(service.client.app, database, logins)


@pytest.fixture
def office(signed_office: Office) -> Iterator[Office]:
    """It, with no attempt counted yet."""
    signed_office.fresh_limits()
    with cheap_hashes():
        yield signed_office
