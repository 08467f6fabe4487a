"""What the care commands show: Chinese tables for people, JSON for programs (帮扶输出)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from matcher.cli.screen import console
from matcher.clock import local_date

if TYPE_CHECKING:
    from matcher.services.care.follow_up_queue import QueueLine, QueuePage
    from matcher.services.care.household_care import HouseholdBoard, HouseholdLine
    from matcher.services.care.outcome_import import OutcomeImport

SHOWN_PROBLEMS = 20


def print_json(content: object) -> None:
    """One line of JSON on the standard output."""
    print(json.dumps(content, ensure_ascii=False))


def show_queue(page: QueuePage, *, as_json: bool) -> None:
    """A page of the queue; as JSON one line each."""
    if as_json:
        for line in page.lines:
            print_json(_queue_row(line))
        return
    console.print("、".join(f"{one.label} {count}" for one, count in page.counts.items()) or "没有待办")
    if not page.lines:
        return
    from rich.table import Table

    table = Table("编号", "姓名", "电话", "类型", "原因", "期限", "超期")
    for line in page.lines:
        phone = line.phone if line.may_call else "未同意电话联系"
        late = f"{line.overdue_days} 天" if line.overdue_days else ""
        table.add_row(
            line.worker_id, line.name, phone, line.kind.label, line.why, str(local_date(line.due_at)), late
        )
    console.print(table)
    console.print(f"共 {page.total} 条，显示 {len(page.lines)} 条")


def _queue_row(line: QueueLine) -> dict[str, object]:
    return {
        "worker_id": line.worker_id,
        "name": line.name,
        "phone": line.phone,
        "region_code": line.region_code,
        "caseworker": line.caseworker,
        "kind": line.kind.value,
        "why": line.why,
        "due_at": line.due_at.isoformat(),
        "overdue_days": line.overdue_days,
        "may_call": line.may_call,
    }


def show_board(board: HouseholdBoard, *, as_json: bool) -> None:
    """The dashboard of households."""
    if as_json:
        counts = ("total", "open", "unverified", "overdue", "unknown", "cleared", "reopened")
        lines = [_household_row(line) for line in board.lines]
        print_json({name: getattr(board, name) for name in counts} | {"households": lines})
        return
    console.print(
        f"家庭 {board.total} 户；零就业 {board.open} 户（未核实 {board.unverified}，超期 {board.overdue}，"
        f"重新出现 {board.reopened}）；待核实 {board.unknown} 户；已清零 {board.cleared} 户"
    )
    if not board.lines:
        return
    from rich.table import Table

    table = Table("家庭", "先帮谁", "认定", "期限", "还剩", "已核实")
    for line in board.lines:
        left = f"{line.days_left} 天" if line.days_left >= 0 else f"超期 {-line.days_left} 天"
        target, verified = line.target_worker_id or "未定", "是" if line.verified else "否"
        table.add_row(line.household_id, target, str(line.since), str(line.due), left, verified)
    console.print(table)


def _household_row(line: HouseholdLine) -> dict[str, object]:
    return {
        "household_id": line.household_id,
        "region_code": line.region_code,
        "target_worker_id": line.target_worker_id,
        "since": str(line.since),
        "due": str(line.due),
        "days_left": line.days_left,
        "verified": line.verified,
        "reopened": line.reopened,
    }


def show_import(result: OutcomeImport, *, as_json: bool) -> None:
    """What became of the rows of a file of outcomes."""
    if as_json:
        problems = [
            {"row": one.row, "field": one.column, "reason": one.reason, "fix": one.fix}
            for one in result.problems
        ]
        counts = ("rows", "recorded", "unchanged", "unknown")
        notices = [{"row": one.row, "text": one.text} for one in result.notices]
        print_json(
            {name: getattr(result, name) for name in counts} | {"problems": problems, "notices": notices}
        )
        return
    console.print(
        f"{result.rows} 行：记录 {result.recorded}，未变 {result.unchanged}，"
        f"不清楚 {result.unknown}，待更正 {len(result.problems)}"
    )
    for notice in result.notices[:SHOWN_PROBLEMS]:
        console.print(f"[yellow]第 {notice.row} 行：{notice.text}[/]")
    for problem in result.problems[:SHOWN_PROBLEMS]:
        console.print(problem.line(), markup=False)
    if result.corrections:
        console.print(f"待更正的行：{result.corrections}（改好后直接再导入）")
