"""The `matcher` command as a person meets it, each time with its own data folder."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from matcher.cli import main

ROOT = Path(__file__).parents[3]
HEAVY = ("torch", "sklearn", "skops", "faiss", "matplotlib", "scipy", "transformers")
POSTINGS = (
    "岗位编号,岗位名称,单位名称,工资,工作地点,有效期至\n"
    "A1,电焊工,样例金属制品厂,6000-8000元/月,容城县,2099-12-31\n"
    "A2,保洁员,样例物业公司,2600元/月,容城县,2099-12-31\n"
    "A3,叉车司机,样例仓储公司,5500元/月,容城县,2099-12-31\n"
)


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it wrote."""

    code: int
    output: str
    errors: str


class Shell:
    """Runs `matcher` with one data folder, here or as a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
        return ours | {"MATCHER_HOME": str(self.home), "COLUMNS": "200"}

    def run(self, *arguments: str) -> Ended:
        """The command inside this process, which saves loading the libraries again."""
        output, errors, code = io.StringIO(), io.StringIO(), 0
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(errors),
        ):
            for name in [name for name in os.environ if name.startswith("MATCHER_")]:
                patch.delenv(name)
            patch.setenv("MATCHER_HOME", str(self.home))
            patch.setattr(sys, "argv", ["matcher", *arguments])
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        return Ended(code, output.getvalue(), errors.getvalue())

    def done(self, *arguments: str) -> str:
        """Standard output of a command that must succeed."""
        ended = self.run(*arguments)
        assert ended.code == 0, ended.errors
        return ended.output

    def complaint(self, *arguments: str) -> str:
        """The one line on the error stream of a command that must fail."""
        ended = self.run(*arguments)
        lines = [line for line in ended.errors.splitlines() if line.strip()]
        assert ended.code in (1, 2), ended
        assert len(lines) == 1, lines
        assert lines[0].startswith("出错 ")
        return lines[0]

    def process(self, *arguments: str) -> str:
        """Standard output of the command as a process of its own, which must succeed."""
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            timeout=120,
        )
        assert result.returncode == 0, result.stderr.decode()
        return result.stdout.decode()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A set-up data folder with three postings."""
    folder = tmp_path_factory.mktemp("installed")
    shell = Shell(folder / "home")
    shell.done("init")
    (folder / "postings.csv").write_text(POSTINGS, "utf-8-sig")
    shell.done("import", str(folder / "postings.csv"), "--source", "样例")
    return shell


def modules_after(shell: Shell, *arguments: str) -> set[str]:
    """Heavy modules in memory when a command ends."""
    code = (
        "import json, sys\nfrom matcher.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    return set(json.loads(shell.process("-c", code, *arguments).splitlines()[-1]))


def test_help_starts_without_any_heavy_library(shell: Shell) -> None:
    assert modules_after(shell, "--help") == set()


def test_status_reads_the_database_without_any_heavy_library(installed: Shell) -> None:
    assert modules_after(installed, "status") == set()


def test_init_makes_private_files_and_may_be_repeated(shell: Shell) -> None:
    shell.done("init")
    keyring = shell.home / "keyring.json"
    first = keyring.read_bytes()
    assert stat.S_IMODE(shell.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(keyring.stat().st_mode) == 0o600
    shell.done("init")
    assert keyring.read_bytes() == first


def test_a_command_before_init_says_what_to_run(shell: Shell) -> None:
    assert "matcher init" in shell.complaint("status")
    assert not shell.home.exists()


def test_wrong_commands_get_one_chinese_line(shell: Shell, tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text(POSTINGS, "utf-8")
    out = str(tmp_path / "out.jsonl")
    files = ("rank", "--postings", str(there), "--workers", str(there), "--out", out)
    assert "--top 须在 1 到 90 之间" in shell.complaint("match", "找保洁", "--top", "0")
    assert "--top 须在 1 到 90 之间" in shell.complaint(*files, "--top", "91")
    assert "--top 的值不对，须是整数" in shell.complaint("match", "找保洁", "--top", "多")
    assert "没有 --tpo 这个选项" in shell.complaint("match", "找保洁", "--tpo", "3")
    assert "没有这个命令" in shell.complaint("mtach")
    assert "缺少 --out" in shell.complaint(*files[:5])
    assert "三者选一" in shell.complaint("match")
    assert "找不到文件" in shell.complaint("import", str(tmp_path / "absent.csv"))


def test_an_unknown_file_type_is_refused_with_those_that_work(installed: Shell, tmp_path: Path) -> None:
    notes = tmp_path / "notes.docx"
    notes.write_bytes(b"PK")
    result = installed.run("import", str(notes))
    assert result.code == 1
    assert "不支持的文件类型“.docx”；可用：.csv、.xlsx" in result.errors


def test_import_status_and_match_make_a_round_trip(installed: Shell) -> None:
    assert "3（可展示 3）" in installed.done("status")
    lines = installed.process(
        "-m", "matcher", "match", "会电焊，想在容城找活", "--top", "2", "--json"
    ).splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0]["posting_id"].endswith("A1")
    assert rows[0]["reasons"]
    assert "最新" in installed.done("status")


def test_the_same_file_again_changes_nothing(installed: Shell, tmp_path: Path) -> None:
    before = installed.done("status")
    (tmp_path / "again.csv").write_text(POSTINGS, "utf-8")
    installed.done("import", str(tmp_path / "again.csv"), "--source", "样例")
    assert installed.done("status") == before


def test_rank_writes_ordered_rows_and_sets_broken_lines_aside(shell: Shell, tmp_path: Path) -> None:
    postings, workers, out = (tmp_path / name for name in ("p.jsonl.gz", "w.jsonl", "out.jsonl"))
    rows = [
        {"id": "P1", "title": "电焊工", "salary_raw": "6000-8000元/月", "city": "容城县"},
        {"id": "P2", "title": "焊工学徒", "salary_raw": "3500元/月", "city": "容城县"},
        {"id": "P3", "title": "会计", "salary_raw": "5000元/月", "city": "容城县"},
    ]
    written = [json.dumps(row, ensure_ascii=False) for row in rows]
    postings.write_bytes(gzip.compress("\n".join([written[0], '{"id": "P9", ', *written[1:]]).encode()))
    workers.write_text(
        '{"id": "W2", "text": "会电焊，想找焊工"}\n{"id": "W1", "text": "做过会计"}\n', "utf-8"
    )
    out.write_text("old", "utf-8")
    shell.done(
        "rank", "--postings", str(postings), "--workers", str(workers), "--out", str(out), "--top", "2"
    )
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["worker_id"] for row in found] == sorted((r["worker_id"] for r in found), reverse=True)
    for worker, best in (("W2", "P1"), ("W1", "P3")):
        mine = [row for row in found if row["worker_id"] == worker]
        assert mine[0]["posting_id"] == best
        assert [row["rank"] for row in mine] == list(range(1, len(mine) + 1))
        assert len(mine) <= 2
        assert sorted((row["score"] for row in mine), reverse=True) == [row["score"] for row in mine]
    problems = (tmp_path / "out.errors.jsonl").read_text("utf-8").splitlines()
    assert len(problems) == 1
    assert json.loads(problems[0])["row"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [postings.name, workers.name, out.name, "out.errors.jsonl"]
    )


def test_a_failed_rank_leaves_the_earlier_result_as_it_was(shell: Shell, tmp_path: Path) -> None:
    postings, workers, out = (tmp_path / name for name in ("p.csv", "w.csv", "out.jsonl"))
    postings.write_text(POSTINGS, "utf-8")
    workers.write_bytes(b"")
    out.write_text("old", "utf-8")
    result = shell.run("rank", "--postings", str(postings), "--workers", str(workers), "--out", str(out))
    assert result.code == 1
    assert "是空的" in result.errors
    assert out.read_text("utf-8") == "old"
    assert not list(tmp_path.glob("*.making.*"))
