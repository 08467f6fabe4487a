"""Files that leave the desk: never cached, named in Chinese (下载)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from urllib.parse import quote

from starlette.responses import Response

PDF, ZIP = "application/pdf", "application/zip"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str, media: str, *, inline: bool = False) -> Response:
    """A file. inline: shown in the browser, to be printed from there."""
    way = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f"{way}; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(content, media_type=media, headers=headers)


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Several files as one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()
