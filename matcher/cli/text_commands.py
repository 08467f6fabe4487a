"""`matcher parse` and `matcher lexicon` (文字与词典)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from matcher.cli.arguments import existing_file
from matcher.cli.screen import console
from matcher.config import Config
from matcher.errors import InvalidInput
from matcher.lexicon.files import use_gazetteer

if TYPE_CHECKING:
    from matcher.compliance import Finding
    from matcher.text.paste import DraftPosting

STDIN = "-"
MAX_INPUT_BYTES = 2 * 1000 * 1000
_SEVERITY_COLOURS = {"block": "bold red", "return": "yellow", "hint": "cyan"}

lexicon = typer.Typer(help="词典：检查、版本。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("parse")(parse)
    app.add_typer(lexicon, name="lexicon")


def parse(
    path: Annotated[str, typer.Argument(help="招工文字的文件，- 表示从标准输入读")] = "",
    worker: Annotated[str, typer.Option(help="改看求职者的一句话读出了什么")] = "",
    near: Annotated[str, typer.Option(help="本地的行政区划代码或名称，用来判断同名的地方")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="按 JSON 行输出")] = False,
) -> None:
    """看一段招工文字（可含多个岗位）或求职者的一句话读出了什么、还缺什么、哪里不合规。"""
    if bool(path) == bool(worker):
        raise InvalidInput("请给一个文件（- 表示标准输入），或 --worker 一句话，二者选一")
    use_gazetteer(Config.from_environment().gazetteer_path)
    if worker:
        _show_worker(worker, near or None, as_json=as_json)
    else:
        _show_drafts(read_text(path), near or None, as_json=as_json)


@lexicon.command("check")
def lexicon_check() -> None:
    """检查词典和合规规则的数据文件；有问题时逐条列出，退出码 1。"""
    from matcher.compliance.examples import example_failures
    from matcher.lexicon import version
    from matcher.lexicon.check import check

    use_gazetteer(Config.from_environment().gazetteer_path)
    problems = check()
    for problem in problems:
        row = "" if problem.row is None else f" 第 {problem.row} 行"
        console.print(Text(f"{problem.file}{row}：{problem.message}"), soft_wrap=True)
    failures = example_failures()
    for failure in failures:
        console.print(Text(failure), soft_wrap=True)
    if problems or failures:
        raise InvalidInput(
            f"词典有 {len(problems)} 处问题，合规规则有 {len(failures)} 个例子判错，请改正后再用"
        )
    console.print(f"词典和合规规则都没有问题，词典版本 {version()}", highlight=False)


@lexicon.command("cut")
def lexicon_cut(text: Annotated[str, typer.Argument(help="一句话")]) -> None:
    """看一句话怎样分词：改过分词词表后用来核对。第一行按人的意思分，第二行是检索用的词。"""
    from matcher.text.segment import segmenter

    if not text.strip():
        raise InvalidInput("这句话是空的，没有可以分的词")
    words = segmenter()
    console.print(Text(" ".join(words.words(text))), soft_wrap=True)
    console.print(Text(" ".join(words.search_words(text))), soft_wrap=True)


@lexicon.command("version")
def lexicon_version() -> None:
    """显示词典和合规规则的版本。"""
    from matcher import compliance
    from matcher.lexicon import version

    use_gazetteer(Config.from_environment().gazetteer_path)
    console.print(f"词典 {version()}", highlight=False)
    console.print(f"合规规则 {compliance.version()}", highlight=False)


def read_text(path: str) -> str:
    """Text of a file, or of the standard input for `-`, decoded as imports are.

    Raises InvalidInput past MAX_INPUT_BYTES and for bytes of no known encoding, NotFound for no such file.
    """
    import io

    from matcher.imports.readers.encoding import find_encoding

    name = "标准输入" if path == STDIN else path
    if path == STDIN:
        data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    else:
        with existing_file(Path(path)).open("rb") as file:
            data = file.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        raise InvalidInput(
            f"{name} 超过 {MAX_INPUT_BYTES // 1_000_000} MB 的上限；成批的岗位请用 matcher import"
        )
    if not data.strip():
        raise InvalidInput(f"{name} 是空的，没有可以读的文字")
    return data.decode(find_encoding(lambda: io.BytesIO(data)))


def _show_drafts(text: str, near: str | None, *, as_json: bool) -> None:
    from matcher.clock import SystemClock
    from matcher.compliance import check
    from matcher.text.paste import MAX_MESSAGE_CHARS, split_messages
    from matcher.text.view import draft_as_data, draft_view

    drafts = split_messages(text, now=SystemClock().now(), near=near)
    for number, draft in enumerate(drafts, start=1):
        findings = check(draft.text)
        if as_json:
            data = {**draft_as_data(draft), "findings": [_finding_as_data(f) for f in findings]}
            print(json.dumps(data, ensure_ascii=False))
            continue
        console.rule(f"岗位 {number}/{len(drafts)}")
        console.print(draft_view(draft))
        for finding in findings:
            console.print(_finding_line(finding, draft), soft_wrap=True)
        if not findings:
            console.print("[green]没有发现不合规的内容[/]")
    if len(text) > MAX_MESSAGE_CHARS:
        raise InvalidInput(f"只读了前 {MAX_MESSAGE_CHARS} 字，其余没有读；请分几次粘贴，或用 matcher import")


def _finding_as_data(finding: Finding) -> dict[str, object]:
    from matcher.compliance import ground_label

    return {
        "rule": finding.rule_id,
        "ground": finding.ground,
        "ground_label": ground_label(finding.ground),
        "severity": finding.severity.value,
        "span": [finding.start, finding.end],
        "message": finding.message,
        "rewrite": finding.rewrite,
    }


def _finding_line(finding: Finding, draft: DraftPosting) -> Text:
    line = Text(finding.severity.label, style=_SEVERITY_COLOURS[finding.severity.value])
    written = draft.text[finding.start : finding.end].replace("\n", " ")
    line.append(f"  “{written}” {finding.message}" if written else f"  {finding.message}", style="default")
    line.append(f"  → {finding.rewrite}" if finding.rewrite else "", style="green")
    return line


def _show_worker(sentence: str, near: str | None, *, as_json: bool) -> None:
    from matcher.clock import SystemClock
    from matcher.text.utterance import parse_utterance
    from matcher.text.utterance_view import utterance_as_data, utterance_view

    if len(sentence.encode()) > MAX_INPUT_BYTES:
        raise InvalidInput(f"这句话超过 {MAX_INPUT_BYTES // 1_000_000} MB 的上限")
    parsed = parse_utterance(sentence, near=near, now=SystemClock().now())
    if as_json:
        print(json.dumps(utterance_as_data(parsed), ensure_ascii=False))
    else:
        console.print(utterance_view(parsed))
