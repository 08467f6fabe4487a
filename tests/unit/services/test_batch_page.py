"""The coverage page: one file, true numbers, masked names, no category of a person, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.domain.population import PopulationQuery
from matcher.domain.worker_terms import WorkerCategory
from matcher.errors import NotFound
from matcher.services.planning.batch_page import batch_page
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.runtime import Runtime
from tests.plan_world import PLANNER, approve_category, county, live_postings, open_runtime

PEOPLE = 30
NASTY = "<script>alert(1)</script>厂"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    postings = [replace(one, employer_name=NASTY) for one in live_postings()[:8]] + live_postings()[8:40]
    opened = open_runtime(tmp_path_factory.mktemp("page"), county().workers[:PEOPLE], postings)
    with opened.database.writing("desk") as session:
        for one in county().workers[:6]:
            approve_category(session, one.worker_id, WorkerCategory.DISABLED)
        for one in county().workers[6:8]:
            approve_category(session, one.worker_id, WorkerCategory.VETERAN)
    yield opened
    opened.close(save=False)


@pytest.fixture(scope="module")
def page(runtime: Runtime) -> str:
    scarce = PlanSettings(referral_ratio=0.34)
    batch = plan_batch(runtime, PopulationQuery(), name="样例 & 批次", actor=PLANNER, settings=scarce)
    assert batch.short
    return batch_page(runtime.database, batch.batch_id)


def test_the_page_needs_nothing_from_anywhere(page: str) -> None:
    assert not re.search(r"(src|href)\s*=\s*[\"']https?://", page)
    assert "<script" not in page
    assert "url(http" not in page
    assert page.count("<svg") >= 5


def test_names_are_masked_and_words_of_employers_are_text(page: str) -> None:
    assert "样*人" in page
    assert "样例人" not in page
    assert "样例 &amp; 批次" in page
    assert "alert(1)" not in page.replace("&lt;script&gt;alert(1)", "")


def test_a_group_is_shown_from_five_people_on_and_never_beside_a_person(page: str) -> None:
    assert WorkerCategory.DISABLED.label in page
    assert WorkerCategory.VETERAN.label not in page
    rows = page.split("逐人办法")[1]
    assert not any(one.label in rows for one in WorkerCategory)


def test_pictures_carry_their_words_as_text(page: str) -> None:
    assert "基尼系数" in page
    assert "可推名额" in page
    assert "<path id=\"Noto" not in page


def test_an_empty_batch_has_a_page_that_says_so(runtime: Runtime) -> None:
    nobody = plan_batch(runtime, PopulationQuery(regions=("11",)), name="空", actor=PLANNER)
    assert "没有符合条件的人" in batch_page(runtime.database, nobody.batch_id)


def test_an_unknown_batch_is_not_found(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        batch_page(runtime.database, 999)
