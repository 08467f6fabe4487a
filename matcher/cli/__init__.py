"""The `matcher` command (命令行): a door as good as the API, in Chinese, with progress bars."""

from __future__ import annotations

import sys

import typer

import matcher.cli.data_commands as data_commands
import matcher.cli.match_commands as match_commands
import matcher.cli.service_commands as service_commands
from matcher.cli.screen import errors
from matcher.errors import MatcherError

app = typer.Typer(
    name="matcher",
    help="岗位与劳动者匹配：导入、建索引、双向匹配、接口服务。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
service_commands.register(app)
data_commands.register(app)
match_commands.register(app)


def main() -> None:
    """Run a command; a known error is one clear line and exit code 1, never a traceback."""
    try:
        app()
    except MatcherError as error:
        errors.print(f"[bold red]出错[/] {error.message}", highlight=False)
        sys.exit(1)
