"""`matcher fair export|run|merge|conflicts|settle`: a fair without network (脱网办会)."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from matcher.cli.arguments import existing_file, usage_message
from matcher.cli.instant_opening import opened_with_pack, short_moment
from matcher.cli.screen import console, errors
from matcher.errors import MatcherError

if TYPE_CHECKING:
    from matcher.services.fairs.conflicts import ConflictView

ACTOR = "命令行"
PASSPHRASE = "MATCHER_FAIR_PASSPHRASE"  # noqa: S105 - the name of a variable
File = Annotated[Path, typer.Argument(help="脱网文件")]
By = Annotated[str, typer.Option(help="操作人，记入历史")]
_HOME = ("MATCHER_HOME", "MATCHER_DATABASE_URL", "MATCHER_KEYRING")
_AGAIN = ("export", "run", "merge", "new")


def register(fair: typer.Typer) -> None:
    """Add the commands to `matcher fair`."""
    fair.command("export")(export)
    fair.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})(run)
    fair.command("merge")(merge)
    fair.command("conflicts")(show_conflicts)
    fair.command("settle")(settle)


def export(
    event: Annotated[int, typer.Argument(help="招聘会编号")], file: File, by: By = ACTOR
) -> None:
    """导出一场招聘会成一个加密文件，带到没网的现场。

    文件里有姓名和电话，用口令加密(scrypt + AES-256-GCM)：口令至少 8 个字，从环境变量 MATCHER_FAIR_PASSPHRASE 读，
    没有就当场问。口令不存在文件里，忘了打不开；请与文件分开带。身份证号、住址、人员类别不进文件，办公室的密钥也不进。
    """
    from matcher.services.fairs.offline import export_fair

    with opened_with_pack() as (database, _):
        people = export_fair(database, event, file, _passphrase(twice=True), actor=by)
    console.print(f"{people} 人 → {file}；现场：matcher fair run {file.name} checkin {event} 尾号")


def run(
    file: File,
    command: Annotated[list[str] | None, typer.Argument(help="matcher fair 的命令，如 checkin 3 1234；不写就一行一行问")] = None,
) -> None:
    """在笔记本上用文件办会，命令与平时一样；每条命令做完就写回文件。

    运行时内容展开在本机的临时文件夹(仅本人可读)，结束即删；请用有磁盘加密的笔记本。
    """
    from matcher.services.fairs.offline import laptop_home

    existing_file(file)
    passphrase = _passphrase()
    lines: Iterator[list[str]] = iter([command]) if command else _typed_lines()
    for words in lines:
        with laptop_home(file, passphrase) as config, _at_home(config.home):
            _one(words, stop=command is not None)


def merge(file: File, by: By = ACTOR) -> None:
    """把现场的文件合回办公室：新建档的人进库，只有一边改过的照改；两边都改过的、手机号已有档案的，留下等人定。"""
    from matcher.services.fairs.offline import merge_fair

    with opened_with_pack() as (database, _):
        done = merge_fair(database, existing_file(file), _passphrase(), actor=by)
    if done.repeated:
        console.print("这个文件已经合并过，没有变化")
        return
    new = f"新建档 {done.people} 人；" if done.people else ""
    console.print(f"{new}合并 {done.taken} 处；要人定的 {done.conflicts} 处" + ("，见 matcher fair conflicts" if done.conflicts else ""))


def show_conflicts() -> None:
    """等人定的内容：两边都改过的，像是同一人的。"""
    from matcher.services.fairs.conflicts import conflicts
    from matcher.services.fairs.newcomers import PERSON
    from matcher.store.repositories.workers import WorkerRepository

    with opened_with_pack() as (database, _), database.reading() as session:
        found = conflicts(session)
        people = WorkerRepository(session)
        names = {one: people.masked_identity(one).name for asked in found if asked.entity == PERSON for one in asked.ours["people"]}
    for one in found:
        if one.entity == PERSON:
            _show_person(one, names)
            continue
        changed = sorted(name for name in {*one.ours, *one.theirs} if one.ours.get(name) != one.theirs.get(name))
        who = one.theirs.get("worker_id") or ""
        console.print(
            f"{one.conflict_id}  招聘会 {one.event_id}  {one.entity}  {who}  {short_moment(one.found_at)}", highlight=False
        )
        for name in changed:
            console.print(f"    {name}：办公室 {one.ours.get(name)} / 现场 {one.theirs.get(name)}", highlight=False)
    if not found:
        console.print("没有等着定的冲突")


def _show_person(asked: ConflictView, names: Mapping[str, str]) -> None:
    """Somebody registered at the fair whose phone the office knows, and what to type."""
    who = "、".join(filter(None, (asked.theirs["name"], asked.theirs["phone"])))
    known = [(one, names[one]) for one in asked.ours["people"]]
    told = "、".join(name for _, name in known)
    console.print(
        f"{asked.conflict_id}  招聘会 {asked.event_id}  现场登记的人（{who}）和档案里的{told}像是同一人", highlight=False
    )
    for one, name in known:
        console.print(f"    是{name}：matcher fair settle {asked.conflict_id} {one}", highlight=False)
    console.print(f"    不是，另建档案：matcher fair settle {asked.conflict_id} other", highlight=False)


def settle(
    conflict: Annotated[int, typer.Argument(help="冲突编号")],
    choice: Annotated[str, typer.Argument(help="ours 以办公室为准，theirs 以现场为准；像是同一人的：劳动者编号，或 other 另建档案")],
    by: By = ACTOR,
) -> None:
    """定下一个冲突；两边的内容都留在记录里。"""
    from matcher.services.fairs.conflicts import settle_conflict

    with opened_with_pack() as (database, _):
        settle_conflict(database, conflict, choice, actor=by)
    console.print("已定")


def _passphrase(*, twice: bool = False) -> str:
    told = os.environ.get(PASSPHRASE)
    return told or str(typer.prompt("口令", hide_input=True, confirmation_prompt=twice))


def _typed_lines() -> Iterator[list[str]]:
    """Commands from the keyboard, one a line, until the end of input or an empty line."""
    console.print("输入命令，如：checkin 3 1234；空行结束")
    for line in sys.stdin:
        if not line.strip():
            return
        yield shlex.split(line)


@contextmanager
def _at_home(home: Path) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _HOME}
    os.environ["MATCHER_HOME"] = str(home)
    os.environ.pop("MATCHER_DATABASE_URL", None)
    os.environ["MATCHER_KEYRING"] = str(home / "keyring.json")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _one(words: list[str], *, stop: bool) -> None:
    """One command; at the keyboard an error is said and the next line is asked for."""
    from matcher.cli.fair_commands import fair
    from matcher.errors import InvalidInput

    try:
        if words[:1] and words[0] in _AGAIN:
            raise InvalidInput(f"“{words[0]}”只能在办公室用")
        fair(words, standalone_mode=False)
    except (MatcherError, TyperException) as error:
        if stop:
            raise
        errors.print(error.message if isinstance(error, MatcherError) else usage_message(error), highlight=False)
