"""Open a text file, packed with gzip or not, and keep count of how far it has been read (文件)."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from matcher.errors import InvalidInput, NotFound
from matcher.imports.limits import Limits

GZIP_MAGIC = b"\x1f\x8b"


class SourceFile:
    """A text file on disk. `opened()` gives its unpacked bytes from the start, within the limits."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Raises NotFound when there is no such file, InvalidInput when it is too large."""
        if not path.is_file():
            raise NotFound(f"找不到文件 {path.name}")
        self.path = path
        self.size_bytes = path.stat().st_size
        if self.size_bytes == 0:
            raise InvalidInput(f"文件 {path.name} 是空的，没有可以导入的内容")
        if self.size_bytes > limits.file_bytes:
            raise InvalidInput(
                f"文件 {path.name} 有 {self.size_bytes / 1e6:.0f} MB，"
                f"超过 {limits.file_bytes / 1e6:.0f} MB 的上限；请分成几个文件导入"
            )
        self._limits = limits
        self._disk: BinaryIO | None = None

    def opened(self) -> BinaryIO:
        """A fresh stream of the unpacked bytes; remembers its place on disk for `fraction_read`."""
        disk = self.path.open("rb")
        self._disk = disk
        if disk.read(2) != GZIP_MAGIC:
            disk.seek(0)
            return disk
        disk.seek(0)
        return cast(BinaryIO, io.BufferedReader(_BoundedGzip(disk, self._limits), 1 << 18))

    def fraction_read(self) -> float:
        """Share of the bytes on disk taken so far by the newest stream."""
        if self._disk is None or self._disk.closed:
            return 1.0 if self._disk is not None else 0.0
        return min(self._disk.tell() / self.size_bytes, 1.0)


class _BoundedGzip(io.RawIOBase):
    """Unpacks gzip and refuses a bomb as soon as it shows."""

    def __init__(self, disk: BinaryIO, limits: Limits) -> None:
        self._packed = disk
        self._gzip = gzip.GzipFile(fileobj=disk, mode="rb")
        self._limits = limits
        self._unpacked_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            data = self._gzip.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise InvalidInput("压缩文件（.gz）已损坏或不完整，请重新导出") from error
        self._unpacked_bytes += len(data)
        self._check()
        view[: len(data)] = data
        return len(data)

    def _check(self) -> None:
        limits = self._limits
        packed_bytes = max(self._packed.tell(), 1)
        over = self._unpacked_bytes > limits.unpacked_bytes
        if self._unpacked_bytes > limits.ratio_applies_from_bytes:
            over = over or self._unpacked_bytes / packed_bytes > limits.unpacked_ratio
        if over:
            raise InvalidInput("压缩文件解开后异常地大，疑似压缩炸弹，已拒绝导入")

    def close(self) -> None:
        if not self.closed:
            self._packed.close()
        super().close()
