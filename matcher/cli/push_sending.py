"""`matcher push send`, `letters` and `receipts` (发送, 打印, 回执)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.arguments import existing_file
from matcher.cli.push_opening import ACTOR, AsJson, Batch, By, open_office, opened, print_json
from matcher.cli.screen import step_bars
from matcher.domain.service_terms import Channel
from matcher.errors import InvalidInput

EVERY_WAVE = 1_000_000
SENT_AT_ONCE = (Channel.SMS, Channel.PHONE, Channel.VISIT)


def register(push: typer.Typer) -> None:
    """Add the commands of this module to `matcher push`."""
    push.command("send")(send)
    push.command("letters")(letters)
    push.command("receipts")(receipts)


def send(
    batch: Batch,
    everything: Annotated[bool, typer.Option("--all", help="所有批次连着发，不只发下一批")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="电话清单写明姓名和电话，记入审计")] = False,
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """发下一批：逐人复核、补位、排队，再交给短信通道和电话清单。被打断后再运行即可，不会重发。"""
    from matcher.cli.push_screen import show_sent
    from matcher.services.sending.push_ways import push_ways
    from matcher.services.sending.send_batch import send_batch

    with opened() as (config, database), open_office(config, database) as office, step_bars() as report:
        ways = push_ways(config, database.clock, SENT_AT_ONCE, reveal=reveal)
        result = send_batch(
            database,
            batch,
            office,
            ways,
            through_wave=EVERY_WAVE if everything else None,
            actor=by,
            progress=report,
        )
    if as_json:
        print_json(result.to_json())
        return
    show_sent(result)


def letters(batch: Batch, by: By = ACTOR, as_json: AsJson = False) -> None:
    """打印这个批次的推荐信：按村成册的 PDF。"""
    from matcher.cli.push_screen import show_delivered
    from matcher.services.sending.batch_life import batch_status
    from matcher.services.sending.deliver_outbox import deliver_outbox
    from matcher.services.sending.push_ways import push_ways

    with opened() as (config, database), open_office(config, database) as office, step_bars() as report:
        batch_status(database, batch)
        ways = push_ways(config, database.clock, (Channel.LETTER,))
        result = deliver_outbox(
            database,
            ways,
            office,
            batch_id=batch,
            actor=by,
            progress=lambda done: report("打印", done, 1.0),
        )
    if as_json:
        print_json(result.to_json())
        return
    show_delivered(result, str(config.push_folder))


def receipts(
    path: Annotated[Path, typer.Argument(help="短信平台的回执文件 .xlsx 或 .csv：行编号、状态、原因")],
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """读入短信平台的回执：送达、失败及原因；重复读入没有影响。"""
    existing_file(path)
    from matcher.cli.push_screen import show_receipts
    from matcher.delivery.sms_file import read_receipts
    from matcher.services.sending.push_receipts import record_receipts

    found = read_receipts(path)
    if not found:
        raise InvalidInput(f"{path.name} 里没有回执；要有“行编号”和“状态”两列")
    with opened() as (config, database), open_office(config, database) as office:
        result = record_receipts(database, found, office, actor=by)
    if as_json:
        print_json(result.to_json())
        return
    show_receipts(result)
