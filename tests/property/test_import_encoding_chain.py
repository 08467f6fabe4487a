"""Any text in an allowed encoding comes back as it was, or the file is refused."""

from __future__ import annotations

import codecs
import io
from contextlib import suppress

from hypothesis import assume, example, given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.imports.readers.encoding import find_encoding

HANZI = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
ANY = st.characters(exclude_characters="\x00\ufeff", exclude_categories=("Cs",))
TEXT = st.text(
    st.one_of(HANZI, st.sampled_from(",，\n 岗位工资0123456789元·é"), ANY), min_size=1, max_size=80
)


def decoded(content: bytes) -> str | None:
    """Text by the chain, mark dropped; None when refused."""
    try:
        name = find_encoding(lambda: io.BytesIO(content))
    except InvalidInput:
        return None
    return content.decode(name).removeprefix("\ufeff")


@given(TEXT)
def test_utf8_with_a_mark_always_comes_back(text: str) -> None:
    assert decoded(codecs.BOM_UTF8 + text.encode()) == text


@given(TEXT)
@example("é·")
def test_utf8_comes_back_or_is_refused(text: str) -> None:
    assert decoded(text.encode()) in (text, None)


@given(TEXT)
@example("聽")
@example("中文")
def test_gb18030_comes_back_or_is_refused(text: str) -> None:
    content = text.encode("gb18030")
    with suppress(UnicodeDecodeError):
        # the same bytes are a whole Chinese text in UTF-8: no program can tell, and the chain says UTF-8
        assume(not any(char > "\u07ff" for char in content.decode("utf-8")))
    assert decoded(content) in (text, None)


@given(TEXT, st.sampled_from([("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)]))
def test_utf16_with_a_mark_always_comes_back(text: str, codec: tuple[str, bytes]) -> None:
    assert decoded(codec[1] + text.encode(codec[0])) == text


@given(st.text(HANZI, min_size=1, max_size=60), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf16_table_without_a_mark_comes_back_or_is_refused(text: str, codec: str) -> None:
    table = f"id,title,pay\n1,{text},5000\n"
    assert decoded(table.encode(codec)) in (table, None)


def test_utf16_table_of_usual_words_without_a_mark_is_read() -> None:
    table = "岗位名称,工资\n焊工,5000\n"
    assert decoded(table.encode("utf-16-le")) == decoded(table.encode("utf-16-be")) == table


@given(TEXT, st.integers(0, 400), st.integers(0, 255))
def test_one_changed_byte_in_chinese_utf8_never_becomes_gb18030(text: str, place: int, byte: int) -> None:
    content = bytearray(("岗位名称,工资待遇,工作地点\n" * 3 + text).encode())
    content[place % len(content)] = byte
    try:
        expected: str | None = content.decode()
    except UnicodeDecodeError:
        expected = None
    if expected is not None and "\x00" in expected:
        expected = None
    assert decoded(bytes(content)) in (expected and expected.removeprefix("\ufeff"), None)
