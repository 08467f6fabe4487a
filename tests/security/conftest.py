"""An office in this process, with a month of work behind it and an account for each role."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from api.app import create_app
from matcher.domain.service_terms import Role
from matcher.services.accounts import passwords
from matcher.services.demo.demo_accounts import demo_accounts
from matcher.store.repositories.accounts import AccountRepository
from tests.e2e.office_history import play_a_month
from tests.sample_office import sample_office
from tests.security.open_office import API
from tests.unit.api.office_people import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = Path(tmp_path_factory.mktemp("foreign"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys_hash.cache_clear()
        config, database, _ = sample_office(folder / "home", folder / "files", workers=48, postings=60)
        logins = {login.login: login for login in demo_accounts(database)}
        with database.reading() as session:
            employer = next(login for login in logins.values() if login.role is Role.EMPLOYER).login
            owner = AccountRepository(session).named(employer).employer_id
        play_a_month(database, owner)
        app = create_app(config)
        app.state.desk_jobs = None
        with TestClient(app) as client:
            until = time.monotonic() + 60
            while client.get(f"{API}/health/ready").status_code != 200 and time.monotonic() < until:
                time.sleep(0.1)
            yield Office(app, database, logins)
        database.close()
        passwords._nobodys_hash.cache_clear()
