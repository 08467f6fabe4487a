"""`matcher allocate` (分配)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.arguments import existing_file
from matcher.cli.screen import errors, step_bars

if TYPE_CHECKING:
    from matcher.services.allocate_files import AllocateReport


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("allocate")(allocate)


def allocate(
    candidates: Annotated[Path, typer.Option(help="候选 .jsonl：worker_id、posting_id、score[、priority]")],
    postings: Annotated[Path, typer.Option(help="岗位 .jsonl：posting_id、openings[、employer_id、cap]")],
    out: Annotated[Path, typer.Option(help="结果 .jsonl；缺口、错误、汇总写在旁边")],
    floor: Annotated[int, typer.Option(help="每人至少几个岗位")] = 2,
    ceiling: Annotated[int | None, typer.Option(help="每人最多几个岗位，默认等于 --floor")] = None,
    ratio: Annotated[float, typer.Option(help="一个空位最多推荐几人（岗位没写 cap 时）")] = 3.0,
    congestion: Annotated[float | None, typer.Option(help="同一空位每多推一轮，扣几分（0 到 1）")] = None,
    linear: Annotated[
        bool, typer.Option("--linear", help="名额不够时让更多人拿满，而不是先保证人人有一个")
    ] = False,
    seed: Annotated[int, typer.Option(help="同样好的分配之间怎么取舍，可重复")] = 0,
) -> None:
    """不用数据库，按自己的打分把岗位分给人：人人至少 N 个，不超名额，同一单位只推一次，并附证书。"""
    existing_file(candidates)
    existing_file(postings)
    from matcher.allocation.policy import AllocationPolicy
    from matcher.services.allocate_files import AllocateOptions, allocate_files

    usual = AllocationPolicy()
    policy = AllocationPolicy(
        share_scarcity=not linear,
        congestion_step=usual.congestion_step if congestion is None else congestion,
        seed=seed,
    )
    with step_bars() as progress:
        report = allocate_files(
            candidates,
            postings,
            out,
            options=AllocateOptions(floor, ceiling, ratio),
            policy=policy,
            progress=progress,
        )
    _show(report, out)


def _show(report: AllocateReport, out: Path) -> None:
    proof, spread = report.certificate, report.fairness
    lines = [
        f"{report.workers} 人、{report.postings} 个岗位、{report.pairs} 条候选 → 推荐 {report.pushes} 条：{out}",
        f"不足的 {report.short} 人（其中一条也没有的 {report.without} 人）→ {report.shortfall_path}",
        "证书：",
        f"  超名额 {proof.over_capacity}，超上限 {proof.over_room}，同单位重复 {proof.repeated_employer}，"
        f"同岗位重复 {proof.repeated_posting}",
        f"  缺 {proof.missing} 条，等于最大流算出的不可避免缺口 {proof.missing_bound} 条：没有可以避免的缺口",
        "  最优：每一种改动都不会更好" + ("，线性规划另算结果一致" if proof.lp_cost is not None else ""),
        f"均衡：基尼系数 {spread.gini:.3f}，可及空位用到 {spread.coverage:.1%}，"
        f"每个空位最多 {spread.congestion} 人，平均分 {spread.mean_score:.3f}",
    ]
    if report.gap.crowded:
        lines.append(f"再有 {report.gap.crowded} 个名额就不再拥挤，放在哪些岗位见 {report.summary_path}")
    for line in lines:
        errors.print(line, highlight=False, soft_wrap=True)
    if report.errors_path:
        errors.print(f"[yellow]{report.errors} 行有问题，没有用上，见 {report.errors_path}[/]")
