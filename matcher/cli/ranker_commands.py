"""`matcher train-ranker` (重训排序)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.arguments import existing_file
from matcher.cli.screen import console, progress_bar
from matcher.clock import local_date
from matcher.config import Config

CHAMPION_STAYS = 3


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("train-ranker")(train_ranker)


def train_ranker(
    examples: Annotated[
        Path | None, typer.Option(help="matcher outcomes export 导出的样本；不给就用库里的全部答复")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="新模型放哪里；不给就放数据目录的 ranker 下并启用")] = None,
) -> None:
    """用推送的真实答复重训排序模型；新模型不比现用的好就不换（退出码 3）。"""
    if examples is not None:
        existing_file(examples)
    from matcher.encoding.encoder import Encoder
    from matcher.services.installation import open_database
    from matcher.services.learning.graded_file import read_examples
    from matcher.services.learning.installed_ranker import installed_scorer
    from matcher.services.learning.train_ranker import (
        BLEND_SEEDS,
        TREE_SEEDS,
        simulated_base,
        train_from_examples,
        verdict,
    )
    from matcher.services.learning.training_examples import graded_examples

    config = Config.from_environment()
    database = open_database(config)
    today = local_date(database.clock.now())
    if examples is None:
        with database.reading() as session:
            given = list(graded_examples(session))
    else:
        given = list(read_examples(examples, today=today))
    encoder = Encoder.load(config.encoder_path)
    with progress_bar("模拟样本", len(TREE_SEEDS) + len(BLEND_SEEDS)) as advance:
        report = train_from_examples(
            database,
            encoder,
            given,
            champion=installed_scorer(config, encoder.model_id),
            base=lambda: simulated_base(encoder, advance),
            out=out or config.ranker_folder,
        )
    database.close()
    if report.left_out:
        console.print(f"[yellow]{report.left_out} 条样本的人或岗位已不在库里，没有用[/]")
    console.print(verdict(report))
    if not report.replaced:
        raise typer.Exit(CHAMPION_STAYS)
