"""`matcher match` and `matcher rank` (匹配)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.arguments import existing_file, number_between
from matcher.cli.screen import console, errors, progress_bar, step_bars
from matcher.config import Config
from matcher.errors import InvalidInput

if TYPE_CHECKING:
    from matcher.domain.match import Match
    from matcher.services.answers import MatchAnswer

MOST_RESULTS = 90


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("match")(match)
    app.command("rank")(rank)


def match(
    text: Annotated[str, typer.Argument(help="求职的一句话，例如：会贴砖，想找容城附近日结的活")] = "",
    worker: Annotated[str, typer.Option(help="给库里这个劳动者找岗位")] = "",
    posting: Annotated[str, typer.Option(help="给库里这个岗位找人")] = "",
    top: Annotated[int, typer.Option(help=f"要几个结果，最多 {MOST_RESULTS}")] = 10,
    region: Annotated[str, typer.Option(help="只看这个行政区划代码开头的地方")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="按 JSON 行输出")] = False,
) -> None:
    """给一句话、一个劳动者或一个岗位做匹配。"""
    if sum(map(bool, (text, worker, posting))) != 1:
        raise InvalidInput("请给一句话，或 --worker 编号，或 --posting 编号，三者选一")
    number_between(top, 1, MOST_RESULTS, option="--top")
    from matcher.services.answers import Filters, jobs_for_worker, workers_for_job
    from matcher.services.runtime import Runtime
    from matcher.text.worker_reader import worker_from_row

    with progress_bar("准备索引", None) as advance:
        runtime = Runtime.open(Config.from_environment(), progress=advance)
    filters = Filters(region=region)
    if posting:
        answer = workers_for_job(runtime, posting, top=top, filters=filters)
    else:
        described = worker_from_row({"id": "询问者", "text": text}, now=runtime.database.clock.now())
        answer = jobs_for_worker(runtime, worker or described, top=top, filters=filters)
    runtime.close()
    _show(answer, as_json=as_json)


def rank(
    postings: Annotated[Path, typer.Option(help="岗位文件 .jsonl(.gz)/.csv/.xlsx")],
    workers: Annotated[Path, typer.Option(help="劳动者文件，一行可以只有编号和一句话")],
    out: Annotated[Path, typer.Option(help="结果 .jsonl")],
    top: Annotated[int, typer.Option(help=f"每人几个岗位，最多 {MOST_RESULTS}")] = 10,
) -> None:
    """不用数据库，直接用两个文件做匹配。"""
    number_between(top, 1, MOST_RESULTS, option="--top")
    existing_file(postings)
    existing_file(workers)
    from matcher.clock import SystemClock
    from matcher.encoding.encoder import Encoder
    from matcher.services.learning.installed_ranker import installed_scorer
    from matcher.services.rank_files import rank_files

    config = Config.from_environment()
    with step_bars() as report:
        result = rank_files(
            postings,
            workers,
            out,
            top=top,
            encoder_path=config.encoder_path,
            scorer=installed_scorer(config, Encoder.load(config.encoder_path).model_id),
            now=SystemClock().now(),
            progress=report,
        )
    errors.print(
        f"岗位 {result.postings} 个，劳动者 {result.workers} 人，匹配 {result.matches} 条"
        f"（{result.workers_without_match} 人没有合适岗位）→ {out}"
    )
    if result.errors_path:
        errors.print(f"[yellow]{result.errors} 行有问题，见 {result.errors_path}[/]")


def _show(answer: MatchAnswer, *, as_json: bool) -> None:
    if as_json:
        from matcher.services.rank_files import match_row

        for one in answer.matches:
            print(json.dumps(match_row(one), ensure_ascii=False))
        return
    for line in answer.widened:
        console.print(f"[yellow]{line.text}[/]")
    if not answer.matches:
        blocked = "、".join(f"{rule} {count}" for rule, count in answer.vetoes.items()) or "没有数据"
        console.print(f"没有可推荐的结果。硬条件挡住：{blocked}")
        return
    from rich.table import Table

    table = Table("名次", "匹配", "分", "为什么", "差在哪", show_lines=True)
    for one in answer.matches:
        table.add_row(
            str(one.rank),
            _who(one, answer),
            f"{one.score:.2f}",
            "\n".join(line.text for line in one.reasons),
            "\n".join(line.text for line in one.gaps),
        )
    console.print(table)
    for line in answer.unlocks:
        console.print(f"[cyan]{line.text}[/]")
    if answer.degraded:
        console.print("[yellow]没有训练好的排序模型，这次按规则打分[/]")


def _who(one: Match, answer: MatchAnswer) -> str:
    card = answer.cards.get(one.posting_id)
    if card is None:
        return one.worker_id
    parts = (card.title, card.employer, card.pay, card.settlement, card.place)
    return "\n".join([one.worker_id, *filter(None, parts)])
