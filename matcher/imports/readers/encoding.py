"""Find the character encoding of a text file by a strict chain, or refuse (编码判断).

Order: byte-order mark → strict UTF-8 → strict GB18030 → UTF-16 without a mark only by its NUL pattern →
refuse with the byte offset. No statistical guesser ever chooses; the plausibility checks below only refuse.

INVARIANTS
- A file is accepted only if every byte of it decodes strictly.
- A file that is UTF-8 but for a few broken bytes is refused, not read as GB18030.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from matcher.errors import InvalidInput

BLOCK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 16
RARE_HANZI_SHARE = 0.1  # running Chinese has under 2 % outside GB 2312; Big5 read as GB18030 about 40 %
ENOUGH_HANZI = 20
FEWEST_NULS = 4
NUL_SHARE = 0.02  # of the characters: a table has a delimiter or line end among every 50
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Failure:
    """The first byte that does not decode. offset and line from 0 and 1."""

    offset: int
    line: int


def find_encoding(opener: Opener) -> str:
    """Name of a codec that decodes the whole file strictly.

    opener: gives the file from its start, unpacked. The file is read once to three times, in blocks.
    Raises InvalidInput with the byte offset when no step of the chain fits.
    """
    with opener() as stream:
        head = stream.read(SAMPLE_BYTES)
    if not head:
        raise InvalidInput("文件是空的，没有可以导入的内容。请检查导出是否成功")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _marked(opener, name)
    if b"\x00" in head:
        return _by_nul_pattern(opener, head)
    utf8 = _first_failure(opener, "utf-8")
    if utf8 is None:
        _refuse_ambiguous(opener, head)
        return "utf-8"
    if _mostly_utf8(opener):
        raise _refusal("文件是 UTF-8 编码，但其中有损坏的字节", utf8)
    gb18030 = _first_failure(opener, "gb18030")
    if gb18030 is None:
        _refuse_rare_hanzi(opener)
        return "gb18030"
    raise _refusal("文件既不是 UTF-8 也不是 GB18030（GBK）编码", max(utf8, gb18030, key=lambda f: f.offset))


def _marked(opener: Opener, name: str) -> str:
    if not name:
        raise InvalidInput("文件是 UTF-32 编码，请另存为 UTF-8 后重新导入")
    failure = _first_failure(opener, name)
    if failure is not None:
        raise _refusal(
            f"文件开头标明是 {name.removesuffix('-sig').upper()} 编码，但其中有损坏的字节", failure
        )
    return name


def _by_nul_pattern(opener: Opener, head: bytes) -> str:
    """UTF-16 without a mark: ASCII letters, digits and line ends leave NULs at one parity only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    first_nul = head.index(0)
    failure = Failure(first_nul, head.count(b"\n", 0, first_nul) + 1)
    regular = max(even, odd) >= max(FEWEST_NULS, NUL_SHARE * len(head) / 2) and max(even, odd) > 4 * min(
        even, odd
    )
    if not regular or _first_failure(opener, name) is not None or not _is_plain_text(head, name):
        raise _refusal("文件含有空字节（NUL），不是文本文件或已损坏", failure)
    return name


def _is_plain_text(head: bytes, name: str) -> bool:
    """Whether the first block holds assigned characters only, with few rare hanzi among them."""
    text = codecs.getincrementaldecoder(name)("strict").decode(head)
    assigned = all(unicodedata.category(char) not in ("Co", "Cn", "Cs") for char in text)
    return assigned and not _has_rare_hanzi(text)


def _first_failure(opener: Opener, name: str) -> Failure | None:
    """First undecodable byte, a NUL character counting as one; None when all is well."""
    offset = lines = 0
    with opener() as stream:
        decoder = codecs.getincrementaldecoder(name)("strict")
        while True:
            block = stream.read(BLOCK_BYTES)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                at = max(error.start - pending, 0)
                return Failure(max(offset - pending + error.start, 0), lines + block.count(b"\n", 0, at) + 1)
            if "\x00" in text:
                at = max(block.find(b"\x00"), 0)
                return Failure(offset + at, lines + block.count(b"\n", 0, at) + 1)
            if not block:
                return None
            offset += len(block)
            lines += block.count(b"\n")


def _mostly_utf8(opener: Opener) -> bool:
    """Whether whole three-byte characters outnumber the broken places when read as UTF-8."""
    whole = broken = 0
    with opener() as stream:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while block := stream.read(BLOCK_BYTES):
            text = decoder.decode(block)
            broken += text.count("\ufffd")
            whole += sum(1 for char in text if "\u2e80" <= char <= "\ufffc")
    return whole > 2 * broken


def _refuse_ambiguous(opener: Opener, head: bytes) -> None:
    """Refuse text that is UTF-8 only by accident: no character past U+07FF, and valid GB18030 as well."""
    if head.isascii():
        return
    with opener() as stream:
        whole = stream.read(SAMPLE_BYTES + 1)
    if len(whole) > SAMPLE_BYTES or any(char > "\u07ff" for char in whole.decode("utf-8")):
        return
    try:
        other = whole.decode("gb18030")
    except UnicodeDecodeError:
        return
    if any("\u4e00" <= char <= "\u9fff" for char in other):
        raise InvalidInput("文件太短，无法确定是 UTF-8 还是 GBK 编码。请另存为“UTF-8（带 BOM）”后重新导入")


def _refuse_rare_hanzi(opener: Opener) -> None:
    """Refuse GB18030 whose characters are mostly outside GB 2312: such a file is Big5 or damaged."""
    with opener() as stream:
        text = codecs.getincrementaldecoder("gb18030")("strict").decode(stream.read(SAMPLE_BYTES))
    if _has_rare_hanzi(text):
        raise InvalidInput("文件按 GB18030 读出来多是生僻字，可能是 Big5（繁体）。请另存为 UTF-8 再导入")


def _has_rare_hanzi(text: str) -> bool:
    hanzi = [char for char in text if "\u3400" <= char <= "\u9fff" or "\ue000" <= char <= "\uf8ff"]
    rare = sum(1 for char in hanzi if not _in_gb2312(char))
    return len(hanzi) >= ENOUGH_HANZI and rare > RARE_HANZI_SHARE * len(hanzi)


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _refusal(what: str, failure: Failure) -> InvalidInput:
    return InvalidInput(
        f"{what}：第 {failure.line} 行、第 {failure.offset} 字节处无法识别。"
        "请用 Excel 或 WPS 打开后另存为“CSV UTF-8”再导入",
        detail=f"undecodable byte at offset {failure.offset}, line {failure.line}",
    )
