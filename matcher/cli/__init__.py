"""The `matcher` command (命令行): a door as good as the API, in Chinese, with progress bars.

Commands import the services inside their functions: `matcher --help` must not wait for sklearn or FAISS.
"""

from __future__ import annotations

import sys

import typer
from rich.text import Text
from typer.exceptions import TyperException

import matcher.cli.account_commands as account_commands
import matcher.cli.allocate_command as allocate_command
import matcher.cli.care_commands as care_commands
import matcher.cli.data_commands as data_commands
import matcher.cli.fair_commands as fair_commands
import matcher.cli.instant_commands as instant_commands
import matcher.cli.live_commands as live_commands
import matcher.cli.match_commands as match_commands
import matcher.cli.push_commands as push_commands
import matcher.cli.ranker_commands as ranker_commands
import matcher.cli.render_commands as render_commands
import matcher.cli.review_commands as review_commands
import matcher.cli.service_commands as service_commands
import matcher.cli.swap_commands as swap_commands
import matcher.cli.text_commands as text_commands
from matcher.cli.arguments import usage_message
from matcher.cli.screen import errors, log_to_errors
from matcher.errors import MatcherError, trail

app = typer.Typer(
    name="matcher",
    help="岗位与劳动者匹配：导入、建索引、双向匹配、接口服务。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
service_commands.register(app)
account_commands.register(app)
data_commands.register(app)
match_commands.register(app)
allocate_command.register(app)
text_commands.register(app)
review_commands.register(app)
push_commands.register(app)
care_commands.register(app)
ranker_commands.register(app)
render_commands.register(app)
instant_commands.register(app)
fair_commands.register(app)
live_commands.register(app)
swap_commands.register(app)


def main() -> None:
    """Run a command; an error is one line, never a traceback: exit code 1 or 2, 70 for what nobody foresaw."""
    log_to_errors()
    try:
        code = app(standalone_mode=False)
    except MatcherError as error:
        _complain(error.message)
        sys.exit(1)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            error.show()  # type: ignore[attr-defined]
        else:
            _complain(usage_message(error))
        sys.exit(2)
    except Exception as error:
        _complain(f"程序出错，没有完成；请把这一行交给技术支持：{trail(error)}")
        sys.exit(70)
    if isinstance(code, int):
        sys.exit(code)


def _complain(message: str) -> None:
    errors.print("[bold red]出错[/]", Text(message), highlight=False, soft_wrap=True)
