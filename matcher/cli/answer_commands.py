"""`matcher care replies|calls|refuse|contest|reopen`: what people answered to pushes (答复)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.arguments import existing_file
from matcher.cli.care_screen import SHOWN_PROBLEMS, print_json
from matcher.cli.screen import console
from matcher.config import Config
from matcher.domain.service_terms import PushState

if TYPE_CHECKING:
    from matcher.services.sending.push_terms import PushOffice
    from matcher.store.database import Database

By = Annotated[str, typer.Option(help="经办人登录名")]
AsJson = Annotated[bool, typer.Option("--json", help="按 JSON 输出")]
Push = Annotated[int, typer.Argument(help="推送编号")]


def register(care: typer.Typer) -> None:
    """Add the commands of this module to `matcher care`."""
    care.command("replies")(replies)
    care.command("calls")(calls)
    care.command("refuse")(refuse)
    care.command("contest")(contest)
    care.command("reopen")(reopen)


def replies(
    path: Annotated[Path, typer.Argument(help="短信平台的回复文件，含 手机号、回复内容 两列")],
    answers: Annotated[Path | None, typer.Option(help="要回给对方的话写到这个 .xlsx（含手机号）")] = None,
    by: By = "cli",
    as_json: AsJson = False,
) -> None:
    """导入短信回复：看得懂的记下，看不懂的、同号多人的转给工作人员。"""
    existing_file(path)
    from matcher.services.care.push_replies import read_sms_replies, record_sms_replies, write_answers

    said = read_sms_replies(path)
    with _opened() as (database, office):
        done = record_sms_replies(database, said, office, actor=by)
    if answers is not None:
        write_answers(answers, said, done)
    if as_json:
        for one in done.results:
            print_json({"row": one.row, "fate": one.fate.value, "answer": one.answer})
        return
    console.print("、".join(f"{fate.label} {count}" for fate, count in done.counts.items()) or "没有回复")


def calls(
    path: Annotated[Path, typer.Argument(help="填好结果的电话清单 .xlsx")],
    by: By = "cli",
    as_json: AsJson = False,
) -> None:
    """导入电话清单的结果；记“拒绝”必须在原因列写明经过。"""
    existing_file(path)
    from matcher.delivery.call_list import read_call_results
    from matcher.services.care.push_calls import record_call_results

    results = read_call_results(path)
    with _opened() as (database, office):
        done = record_call_results(database, results, office, actor=by)
    if as_json:
        for one in done:
            print_json({"row": one.row, "fate": one.fate.value, "text": one.text})
        return
    counts = Counter(one.fate for one in done)
    console.print("、".join(f"{fate.label} {count}" for fate, count in counts.items()) or "没有填结果的行")
    for one in [one for one in done if one.text][:SHOWN_PROBLEMS]:
        console.print(f"第 {one.row} 行：{one.text}", markup=False)


def refuse(
    push: Push,
    note: Annotated[str, typer.Option(help="经过：什么时候、怎么联系的、本人怎么说")],
    by: Annotated[str, typer.Option(help="记录的帮扶干部登录名")],
) -> None:
    """记录本人拒绝（只有帮扶干部可以记，必须写明经过）。"""
    from matcher.services.care.push_answering import record_refusal

    with _opened() as (database, _):
        record_refusal(database, push, note, actor=by)
    console.print(f"推送 {push} 记为拒绝；本人可以提出异议")


def contest(push: Push, by: By = "cli") -> None:
    """登记本人对拒绝记录的异议。"""
    from matcher.services.care.push_answering import contest_refusal

    with _opened() as (database, _):
        contest_refusal(database, push, actor=by)
    console.print(f"推送 {push} 的异议已登记，进入待办")


def reopen(
    push: Push,
    to: Annotated[str, typer.Option(help="改成：有意向、不合适 或 未回应")],
    by: Annotated[str, typer.Option(help="更正的帮扶干部登录名")],
) -> None:
    """异议成立，更正拒绝记录。"""
    state = PushState.read(to, field="--to")
    from matcher.services.care.push_answering import reopen_refusal

    with _opened() as (database, _):
        reopen_refusal(database, push, state, actor=by)
    console.print(f"推送 {push} 已改为{state.label}")


@contextmanager
def _opened() -> Iterator[tuple[Database, PushOffice]]:
    """The database and the office; the index is opened only if a posting has to be looked for."""
    from matcher.services.installation import open_database
    from matcher.services.runtime import Runtime
    from matcher.services.sending.push_office import lazy_office

    config = Config.from_environment()
    database = open_database(config)
    try:
        yield database, lazy_office(config, database, lambda: Runtime.open(config))
    finally:
        database.close()
