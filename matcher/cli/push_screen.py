"""What the push commands show (推送命令的屏幕输出)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table

from matcher.cli.screen import console, errors

if TYPE_CHECKING:
    from matcher.services.planning.plan_batch import PlannedBatch
    from matcher.services.sending.batch_status import BatchStatus
    from matcher.services.sending.deliver_outbox import DeliveryResult
    from matcher.services.sending.push_receipts import ReceiptsResult
    from matcher.services.sending.send_batch import SendResult

SHOWN_REASONS = 8
SHOWN_EMPLOYERS = 5


def show_plan(planned: PlannedBatch) -> None:
    """A plan just made, and what comes next."""
    console.print(
        f"批次 {planned.batch_id}《{planned.name}》已制定（草稿）："
        f"{planned.people} 人，{planned.satisfied} 人够数，{planned.short} 人有缺口，共 {planned.pushes} 条推送"
    )
    if planned.note:
        console.print(planned.note)
    proof = "通过" if planned.certificate.holds else "没有通过"
    console.print(f"自检（名额、单位、最优性）：{proof}")
    show_figures(planned.figures)
    console.print(
        f"下一步：matcher push show {planned.batch_id}，matcher push approve {planned.batch_id} --by 批准人",
        highlight=False,
    )


def show_figures(figures: Mapping[str, Any]) -> None:
    """Coverage, shortfalls and employers of a plan."""
    shortfall = figures.get("shortfall") or {}
    causes = (shortfall.get("by_cause") or {}).values()
    actions = [one for one in (shortfall.get("by_action") or {}).values() if one["people"]]
    _counted("缺口原因", ((one["label"], one["people"]) for one in causes))
    _counted("补足办法", ((one["label"], one["people"]) for one in actions))
    employers = (figures.get("employers") or [])[:SHOWN_EMPLOYERS]
    if employers:
        table = Table("推送最多的单位", "岗位", "推送", "名额")
        for one in employers:
            table.add_row(one["employer"], *(str(one[name]) for name in ("postings", "pushes", "capacity")))
        console.print(table)


def show_status(status: BatchStatus) -> None:
    """Where a batch stands."""
    table = Table(show_header=False)
    table.add_row("批次", f"{status.batch_id}《{status.name}》 {status.state.label}")
    table.add_row("计划", f"{status.planned} 人，{status.satisfied_plan} 人够数，{status.short_plan} 人有缺口")
    table.add_row("已送达且计数", f"{status.served} 人达到每人 {status.min_per_person} 条")
    table.add_row("人员", _labelled(status.people) or "没有人")
    table.add_row("推送", _labelled(status.pushes) or "没有")
    table.add_row("消息", _labelled(status.messages) or "还没有发")
    if status.next_wave is not None:
        table.add_row("下一批", f"第 {status.next_wave + 1} 批")
    table.add_row("制定 / 批准", f"{status.planned_by} / {status.approver or '未批准'}")
    if status.stop_reason:
        table.add_row("叫停", f"{status.stopped_by}：{status.stop_reason}")
    console.print(table)
    _counted("没有发出的原因", status.troubles.items())


def show_list(statuses: Iterable[BatchStatus]) -> None:
    """Batches, newest first."""
    table = Table("编号", "名称", "状态", "人数", "够数", "缺口", "待发", "制定于")
    rows = 0
    for one in statuses:
        rows += 1
        waiting = sum(count for progress, count in one.people.items() if progress.value == "waiting")
        table.add_row(
            str(one.batch_id),
            one.name,
            one.state.label,
            *(str(count) for count in (one.planned, one.satisfied_plan, one.short_plan, waiting)),
            f"{one.planned_at:%Y-%m-%d}",
        )
    console.print(table if rows else "还没有推送批次；用 matcher push plan 制定")


def show_sent(result: SendResult) -> None:
    """What one sending did."""
    from matcher.services.sending.push_lease import BUSY

    if result.busy:
        errors.print(f"[yellow]{BUSY}[/]")
        return
    wave, delivery = result.wave, result.delivery
    if wave.wave is None and not delivery.handled:
        console.print("没有待发的人，也没有到期的消息")
        return
    if wave.people:
        console.print(f"第 {(wave.wave or 0) + 1} 批：{_labelled(wave.people)}；换了 {wave.replaced} 条失效的岗位")
    console.print(f"消息：已发 {delivery.sent}，已送达 {delivery.delivered}，失败 {delivery.failed.total()}")
    _counted("失效的推送", (wave.voided + delivery.voided).items())
    _counted("失败", delivery.failed.items())
    _counted("还没有发出", delivery.waiting.items())
    _counted("撤回", delivery.taken_back.items())
    if wave.stopped:
        console.print("[yellow]发送途中批次被叫停[/]")
    console.print(f"还有 {wave.waiting} 人待发")


def show_delivered(result: DeliveryResult, folder: str) -> None:
    """What one hand-over did, and where its files are."""
    from matcher.services.sending.push_lease import BUSY

    if result.busy:
        errors.print(f"[yellow]{BUSY}[/]")
        return
    console.print(f"已打印 {result.sent} 封 → {folder}" if result.sent else "没有待打印的信")
    _counted("失效的推送", result.voided.items())
    _counted("撤回", result.taken_back.items())
    _counted("失败", result.failed.items())


def show_receipts(result: ReceiptsResult) -> None:
    """What a receipt file changed."""
    console.print(
        f"回执：送达 {result.delivered}，失败 {result.failed.total()}，已发 {result.sent}，"
        f"没有变化 {result.repeated}，不是本系统发的 {result.unknown}"
    )
    _counted("失败", result.failed.items())


def _labelled(counts: Mapping[Any, int]) -> str:
    return "，".join(f"{state.label} {count}" for state, count in sorted(counts.items()) if count)


def _counted(title: str, counts: Iterable[tuple[str, int]]) -> None:
    lines = sorted(counts, key=lambda line: -line[1])
    if not lines:
        return
    table = Table(title, "数量")
    for reason, count in lines[:SHOWN_REASONS]:
        table.add_row(reason, str(count))
    if len(lines) > SHOWN_REASONS:
        table.add_row("其他", str(sum(count for _, count in lines[SHOWN_REASONS:])))
    console.print(table)
