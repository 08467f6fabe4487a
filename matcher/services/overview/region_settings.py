"""Which region pack is in force, where its figures come from, and switching it (区域包设置).

INVARIANTS
- A county's own file is replaced whole or not at all, and only by one that reads back without a fault.
- What the county had before is kept beside it, so that a switch can be undone by hand.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matcher.clock import SHANGHAI, local_date
from matcher.config import Config
from matcher.domain.worker_terms import WorkerCategory
from matcher.errors import Conflict, InvalidInput
from matcher.regions.loading import OWN_FILE, load_pack, shipped_codes
from matcher.regions.pack import RegionPack
from matcher.services.whole_files import whole_bytes
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository

LABELS = {
    "region_prefixes": "辖区代码",
    "floor": "每人至少推送",
    "ceiling": "每人至多推送",
    "referral_ratio": "推荐比例",
    "unknown_headcount": "未写人数按",
    "repeat_days": "同一岗位不重复推送（天）",
    "contacts_per_week": "每人每周联系上限",
    "priority": "帮扶对象权重",
    "welfare_categories": "可安排公益性岗位的类别",
    "long_term_months": "长期失业（月）",
    "older_ages": "大龄起始年龄",
    "reach": "就业服务圈",
    "report_day": "月报报送日",
    "report_headings": "月报标题",
    "events_per_year": "全年招聘活动目标",
    "zero_family_sla_days": "零就业家庭清零时限（工作日）",
    "no_contact_days": "四个不断线（天）",
    "link_days": "答复链接有效（天）",
    "answer_days": "多少天没答复算未回应",
    "interest_days": "有意向几天内要联系",
    "willingness_days": "意愿回访间隔（天）",
    "internship": "就业见习条件",
    "wave_size": "每波发送人数",
    "office": "服务机构",
}
_FIRST = ("floor", "events_per_year", "report_day", "report_headings", "reach", "older_ages", "zero_family_sla_days")
_PART_LABELS = {
    "female": "女", "male": "男", "town_walk_minutes": "城区步行分钟", "rural_km": "乡村公里", "push": "岗位推送",
    "guidance": "指导培训", "help": "重点帮扶", "handover": "接续服务", "age_low": "最小年龄", "age_high": "最大年龄",
    "graduate_years": "离校年数", "name": "名称", "phone": "电话",
}  # fmt: skip
_HEAD = ("code", "name", "extends")


@dataclass(frozen=True, slots=True)
class PackFigure:
    """One figure of the pack in force. own: set by the county's own file. expired: its plan has ended."""

    key: str
    label: str
    value: str
    source: str
    expires: date | None
    own: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class PackChoice:
    """A shipped pack to choose."""

    code: str
    name: str
    events_per_year: int
    report_day: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """What the settings page shows. fixed_by: why switching here is not possible, "" = it is."""

    pack: RegionPack
    figures: tuple[PackFigure, ...]
    choices: tuple[PackChoice, ...]
    own_keys: tuple[str, ...]
    fixed_by: str


def region_settings(config: Config, today: date) -> RegionSettings:
    """The pack in force and those that could be. Raises InvalidInput for a faulty file of the county."""
    pack = load_pack(config.region, config.home)
    own = _own(config)
    base = own.get("extends") or pack.code
    order = {key: place for place, key in enumerate([*_FIRST, *(one for one in LABELS if one not in _FIRST)])}
    figures = [
        PackFigure(
            key,
            LABELS.get(key, key),
            shown(getattr(pack, key)),
            note.source,
            note.expires,
            own=key in own,
            expired=note.expires is not None and note.expires < today,
        )
        for key, note in pack.notes.items()
    ]
    return RegionSettings(
        pack=pack,
        figures=tuple(sorted(figures, key=lambda one: order.get(one.key, len(order)))),
        choices=tuple(_choice(code, base) for code in shipped_codes()),
        own_keys=tuple(key for key in own if key not in _HEAD),
        fixed_by=_fixed_by(config),
    )


def switch_pack(
    config: Config, database: Database, code: str, *, keep: Collection[str] = (), actor: str
) -> RegionPack:
    """Put a shipped pack in force by the county's own file. keep: own figures to take over.

    Raises Conflict when the machine's settings name the pack, NotFound for an unknown one, InvalidInput when the
    new file would not read.
    """
    fixed = _fixed_by(config)
    if fixed:
        raise Conflict(fixed)
    chosen, own = load_pack(code), _own(config)
    content = {"code": chosen.code, "name": chosen.name, "extends": chosen.code}
    kept = {key: own[key] for key in own if key in keep and key not in _HEAD}
    text = toml_text(content | kept)
    pack = _readable(text)
    path = config.home / OWN_FILE
    with database.writing(actor) as session:
        AuditRepository(session).append(
            action="switch_region_pack",
            entity="region_pack",
            entity_id=chosen.code,
            reason="更换区域包",
            details={"version": pack.version, "kept": sorted(kept)},
        )
        if path.is_file():
            moment = session.now().astimezone(SHANGHAI)
            whole_bytes(path.with_name(f"region.{moment:%Y%m%d-%H%M%S}.toml"), path.read_bytes())
        whole_bytes(path, text.encode())
    return pack


def settings_now(config: Config, database: Database) -> RegionSettings:
    """`region_settings` of today."""
    return region_settings(config, local_date(database.clock.now()))


def shown(value: Any) -> str:
    """A figure of a pack in words."""
    if is_dataclass(value) and not isinstance(value, type):
        return "，".join(f"{_PART_LABELS.get(key, key)} {shown(part)}" for key, part in asdict(value).items())
    if isinstance(value, Mapping):
        return "、".join(f"{one.label} {weight:g}" for one, weight in sorted(value.items(), key=lambda x: -x[1]))
    if isinstance(value, frozenset):
        return "、".join(one.label for one in WorkerCategory if one in value) or "（无）"
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or "不限"
    return f"{value:g}" if isinstance(value, float) else str(value)


def toml_text(content: Mapping[str, Any]) -> str:
    """A pack's file: heads as plain keys, each figure as a table."""
    lines = ["# 由设置页写入；可直接修改，写法见 matcher/regions/packs/default.toml"]
    lines += [f"{key} = {_toml(value)}" for key, value in content.items() if not isinstance(value, Mapping)]
    for key, value in content.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *(f"{name} = {_toml(part)}" for name, part in value.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_escaped(one) for one in value) + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, int | float | date):
        return value.isoformat() if isinstance(value, date) else repr(value)
    raise InvalidInput(f"region.toml 里不能写这样的值：{str(value)[:40]}")


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else char


def _own(config: Config) -> dict[str, Any]:
    """The county's own file; nothing without one."""
    path = config.home / OWN_FILE
    return tomllib.loads(path.read_text("utf-8-sig")) if path.is_file() else {}


def _fixed_by(config: Config) -> str:
    if config.region is None:
        return ""
    return f"服务器的环境变量 MATCHER_REGION 指定了“{config.region}”；要在这里切换，请系统管理员先去掉它并重启服务"


def _choice(code: str, in_force: str) -> PackChoice:
    pack = load_pack(code)
    return PackChoice(code, pack.name, pack.events_per_year, pack.report_day, code == in_force)


def _readable(text: str) -> RegionPack:
    """The pack as it will be read. Raises InvalidInput."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / OWN_FILE).write_text(text, encoding="utf-8")
        return load_pack(None, Path(folder))
