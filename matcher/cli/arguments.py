"""Checks of what was typed on the command line, said in one Chinese line each (参数检查)."""

from __future__ import annotations

from pathlib import Path

from typer.exceptions import TyperException

from matcher.errors import InvalidInput, NotFound


def existing_file(path: Path) -> Path:
    """`path` itself; raises NotFound when no file is there."""
    if path.is_dir():
        raise InvalidInput(f"{path} 是目录，请给出一个文件")
    if not path.is_file():
        raise NotFound(f"找不到文件 {path}，请检查路径")
    return path


def number_between(number: int, low: int, high: int, *, option: str) -> int:
    """`number` itself; raises InvalidInput outside low … high."""
    if not low <= number <= high:
        raise InvalidInput(f"{option} 须在 {low} 到 {high} 之间，现在是 {number}")
    return number


def usage_message(error: TyperException) -> str:
    """What is wrong with a command that Typer could not read, in one Chinese line."""
    option = getattr(error, "option_name", "")
    parameter = getattr(error, "param", None)
    hint = "" if parameter is None else parameter.get_error_hint().replace("'", "")
    kind = type(error).__name__
    if kind == "NoSuchOption":
        close = getattr(error, "possibilities", None)
        what = f"没有 {option} 这个选项" + (f"，是不是 {'、'.join(close)}" if close else "")
    elif kind == "MissingParameter":
        what = f"缺少 {hint}"
    elif parameter is not None:
        what = f"{hint} 的值不对" + ("，须是整数" if "integer" in error.message else "")
    elif option:
        what = f"{option} 用得不对，可能缺了它的值"
    elif error.message.startswith("No such command"):
        what = error.message.replace("No such command", "没有这个命令").rstrip(".")
    else:
        what = f"命令写得不对（{error.format_message()}）"
    context = getattr(error, "ctx", None)
    return f"{what}；用法见 {context.command_path if context else 'matcher'} --help"
