"""The Chinese font that letters are printed with (字体)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst

from matcher.errors import Unavailable

CHINESE_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
)
"""Best first; the letter names all that are found, so that a rare character of one may come from another."""


@cache
def chinese_fonts(folder: Path | None = None) -> tuple[str, ...]:
    """Chinese font families of the system and of `folder`, best first.

    Raises Unavailable, naming the package to install, when there is none.
    """
    fonts = typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(folder)] if folder else []
    )
    here = set(fonts.families())
    found = tuple(family for family in CHINESE_FAMILIES if family in here)
    if not found:
        raise Unavailable(
            "找不到中文字体，打印不了推荐信；请安装 fonts-noto-cjk（apt-get install fonts-noto-cjk），"
            "或用 MATCHER_FONT_FOLDER 指定放字体的文件夹"
        )
    return found
