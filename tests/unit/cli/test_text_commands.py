"""`matcher parse` and `matcher lexicon`: what a message says, lacks and may not say."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.cli import app
from matcher.cli.text_commands import MAX_INPUT_BYTES, read_text
from matcher.compliance import examples
from matcher.errors import InvalidInput, MatcherError, NotFound
from matcher.lexicon import check as lexicon_check
from matcher.lexicon.files import LOCAL_GAZETTEER, reload

MESSAGE = "【容城用工信息】\n1、电焊工3名，350元/天，管午饭，限男性\n2、小工10人，200一天，日结\n联系电话13800000001"


@pytest.fixture(autouse=True)
def no_county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder; whatever places a test added are forgotten after it."""
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    monkeypatch.setenv(LOCAL_GAZETTEER, "")
    yield tmp_path
    monkeypatch.undo()
    reload()


def output(*arguments: str, given: bytes | None = None) -> str:
    """What a command prints; its error is raised."""
    result = CliRunner().invoke(app, list(arguments), input=given, env={"COLUMNS": "160"})
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_each_job_of_a_message_becomes_a_draft_with_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "message.txt"
    path.write_text(MESSAGE, "utf-8")
    drafts = [json.loads(line) for line in output("parse", str(path), "--json").splitlines()]
    assert [draft["title"] for draft in drafts] == ["电焊工", "小工"]
    assert drafts[0]["missing"] == ["招用单位", "有效期"]
    assert drafts[0]["fields"]["pays"][0]["value"]["min_fen"] == 35_000


def test_unlawful_limits_come_with_their_place_and_a_rewrite() -> None:
    first, second = (
        json.loads(line) for line in output("parse", "-", "--json", given=MESSAGE.encode()).splitlines()
    )
    finding = first["findings"][0]
    start, end = finding["span"]
    assert "男" in first["text"][start:end]
    assert (finding["severity"], finding["ground_label"]) == ("return", "性别")
    assert finding["rewrite"]
    assert second["findings"] == []


def test_the_coloured_view_names_fields_findings_and_gaps() -> None:
    shown = output("parse", "-", given=MESSAGE.encode())
    for words in ("岗位 1/2", "岗位 2/2", "缺：招用单位、有效期", "350元/天", "退改", "→ 删去性别条件"):
        assert words in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_bytes_are_decoded_as_imports_are(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "message.txt"
    path.write_bytes(MESSAGE.encode(encoding))
    assert read_text(str(path)) == MESSAGE


def test_unreadable_or_oversized_input_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "message.txt"
    with pytest.raises(NotFound, match="找不到文件"):
        read_text(str(path))
    for content, reason in (
        (b"", "是空的"),
        (b" \n", "是空的"),
        (MESSAGE.encode() + b"\xff\xfe\xff", "损坏的字节"),
        (b"a" * (MAX_INPUT_BYTES + 1), "超过 2 MB"),
    ):
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match=reason):
            read_text(str(path))
    path.write_bytes(b"a" * MAX_INPUT_BYTES)
    assert len(read_text(str(path))) == MAX_INPUT_BYTES
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a" * (MAX_INPUT_BYTES + 1))))
    with pytest.raises(InvalidInput, match="标准输入 超过 2 MB"):
        read_text("-")


def test_a_worker_sentence_is_shown_with_what_was_understood() -> None:
    said = "会贴砖，不干夜班，一天200以上，下午5点要接孩子"
    fields = json.loads(output("parse", "--worker", said, "--json"))["fields"]
    assert fields["pay_floor"]["value"]["min_fen"] == 20_000
    assert [item["value"]["code"] for item in fields["refused_shifts"]] == ["night"]
    assert "settlements" not in fields
    shown = output("parse", "--worker", said)
    for words in ("求职意向", "200元/天起", "不上的班次", "17:00以前"):
        assert words in shown


def test_file_and_sentence_exclude_each_other() -> None:
    for arguments in ((), ("-", "--worker", "找活")):
        with pytest.raises(MatcherError, match="二者选一"):
            output("parse", *arguments)


def test_an_editor_sees_how_a_sentence_is_cut_for_people_and_for_search() -> None:
    for_people, for_search = output("lexicon", "cut", "招带货主播，能干").splitlines()
    assert for_people.split() == ["招", "带货", "主播", ",", "能", "干"]
    assert "能干" in for_search.split()


def test_the_shipped_lexicon_passes_its_check() -> None:
    assert "没有问题" in output("lexicon", "check")
    assert output("lexicon", "version").startswith("词典 ")


def test_a_broken_lexicon_or_rule_fails_the_check_with_file_and_row(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = lexicon_check.Problem("aliases.csv", 7, "unknown_code", "职业代码 9 不存在")
    monkeypatch.setattr(lexicon_check, "check", lambda: [problem])
    monkeypatch.setattr(examples, "example_failures", lambda: ["规则 sex.limit：反例“男女不限”被误判"])
    result = CliRunner().invoke(app, ["lexicon", "check"])
    assert "aliases.csv 第 7 行：职业代码 9 不存在" in result.stdout
    assert "反例“男女不限”被误判" in result.stdout
    assert isinstance(result.exception, InvalidInput)
    assert "1 处问题" in result.exception.message
    assert result.exit_code == 1


def test_the_countys_own_places_are_known_and_checked(no_county: Path) -> None:
    said = ("parse", "--worker", "想去样例工业园上班", "--near", "130629", "--json")
    assert "place" not in json.loads(output(*said))["fields"]
    own = no_county / "gazetteer.csv"
    head = "name,region,kind,lng,lat,near,covers,note\n"
    own.write_text(f"{head}样例工业园,130629,园区,,,1,,\n", "utf-8")
    assert json.loads(output(*said))["fields"]["place"]["value"]["region_code"] == "130629000000"
    own.write_text(f"{head}样例工业园,999999,园区,,,1,,\n", "utf-8")
    result = CliRunner().invoke(app, ["lexicon", "check"])
    assert f"{own} 第 2 行：样例工业园 的区划 999999 不存在" in result.stdout
    assert result.exit_code == 1
