"""A Typst template and its data to a PDF (排版).

Texts reach a template as JSON data, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from matcher.errors import Unavailable


def pdf_of(template: Path, data: Mapping[str, Any], *, what: str, font_folder: Path | None = None) -> bytes:
    """The PDF. what: of what it is, for the error. Raises Unavailable when it cannot be set."""
    try:
        pdf = typst.compile(
            str(template),
            root=str(template.parent),
            font_paths=[str(font_folder)] if font_folder else [],
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError:
        raise Unavailable(f"{what}排版失败；请检查 typst 版本和字体") from None
    return bytes(pdf)
