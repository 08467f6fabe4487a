"""Switching the region pack writes one whole file that reads back, keeps what is asked, and says when it may not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from matcher.config import Config
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.figures import FIGURES
from matcher.regions.loading import load_pack, shipped_codes
from matcher.services.overview import region_settings as settings
from matcher.services.overview.region_settings import LABELS, switch_pack, toml_text
from matcher.store.database import Database
from matcher.store.tables.records import AuditRow

OWN = '''code = "hetin"
name = "样例县"
extends = "xiongan"

[office]
value = { name = "样例县就业服务中心", phone = "0312-0000000" }
source = "本单位"

[report_day]
value = 18
source = "样例县通知"
expires = 2026-01-31
'''


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path, "sqlite://", tmp_path / "keys.json")


@pytest.mark.parametrize("code", shipped_codes())
def test_each_shipped_pack_can_be_put_in_force(config: Config, database: Database, code: str) -> None:
    made = switch_pack(config, database, code, actor="样例甲")
    now, shipped = load_pack(None, config.home), load_pack(code)
    assert made == now
    assert (now.code, now.name, now.version) == (shipped.code, shipped.name, shipped.version)
    with database.reading() as session:
        row = session.scalars(select(AuditRow)).one()
    assert (row.action, row.entity_id, row.actor) == ("switch_region_pack", code, "样例甲")


def test_own_figures_are_kept_on_demand_and_the_old_file_lies_beside(config: Config, database: Database) -> None:
    (config.home / "region.toml").write_text(OWN, encoding="utf-8")
    pack = switch_pack(config, database, "zaoyang", keep={"office"}, actor="样例甲")
    assert (pack.office.name, pack.report_day, pack.events_per_year) == ("样例县就业服务中心", 24, 30)
    (kept,) = config.home.glob("region.2*.toml")
    assert kept.read_text(encoding="utf-8") == OWN


def test_the_page_tells_own_expired_and_shipped_figures_apart(config: Config) -> None:
    (config.home / "region.toml").write_text(OWN, encoding="utf-8")
    found = {one.key: one for one in settings.region_settings(config, date(2026, 3, 2)).figures}
    assert set(found) == set(FIGURES)
    assert (found["report_day"].own, found["report_day"].expired, found["report_day"].value) == (True, True, "18")
    assert (found["reach"].own, found["reach"].value) == (False, "城区步行分钟 15，乡村公里 5")


def test_every_figure_of_a_pack_has_a_name_for_people() -> None:
    assert set(LABELS) == set(FIGURES)


def test_a_pack_named_by_the_machine_is_not_switched_here(config: Config, database: Database) -> None:
    fixed = replace(config, region="beijing")
    with pytest.raises(Conflict, match="MATCHER_REGION"):
        switch_pack(fixed, database, "zaoyang", actor="甲")
    assert "MATCHER_REGION" in settings.region_settings(fixed, date(2026, 3, 2)).fixed_by
    assert not (config.home / "region.toml").exists()


def test_an_unknown_pack_and_a_faulty_own_figure_change_nothing(config: Config, database: Database) -> None:
    with pytest.raises(NotFound):
        switch_pack(config, database, "nowhere", actor="甲")
    faulty = OWN + '\n[floor]\nvalue = 99\nsource = "写错了"\n'
    (config.home / "region.toml").write_text(faulty, encoding="utf-8")
    with pytest.raises(InvalidInput, match="floor"):
        switch_pack(config, database, "zaoyang", keep={"floor"}, actor="甲")
    assert (config.home / "region.toml").read_text(encoding="utf-8") == faulty
    assert list(config.home.glob("region.2*.toml")) == []


VALUES = st.recursive(
    st.text(st.characters(exclude_categories=("Cs",))) | st.integers(-(2**53), 2**53) | st.booleans() | st.dates()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_中\"", min_size=1), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.dictionaries(st.text("abcdef_", min_size=1), st.fixed_dictionaries({"value": VALUES, "source": st.text("源\\\"\n", min_size=1)}), max_size=3))
def test_what_is_written_reads_back_alike(figures: dict[str, object]) -> None:
    content = {"code": "a", "name": "样例", **{f"x_{key}": value for key, value in figures.items()}}
    assert tomllib.loads(toml_text(content)) == content
