"""Look at a workbook's zip directory before anything is unpacked (工作簿检查).

The sizes in the directory can lie; that is why the child process that reads the workbook is limited as well.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from matcher.errors import InvalidInput
from matcher.imports.limits import MIB, Limits

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_FLAG = 0x1
XML_HEAD_BYTES = 4096
_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    ValueError,
    OSError,
    EOFError,
    zlib.error,
)
SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"


def check_workbook(path: Path, limits: Limits) -> int:
    """Bytes that the workbook says it unpacks to.

    Raises InvalidInput, naming the reason, for anything that is not a plain .xlsx within the limits.
    """
    size = path.stat().st_size
    if size == 0:
        raise InvalidInput(f"文件 {path.name} 是空的，没有可以导入的内容")
    if size > limits.workbook_bytes:
        raise InvalidInput(
            f"工作簿有 {size / MIB:.0f} MB，超过 {limits.workbook_bytes // MIB} MB 的上限；"
            "请分成几个文件，或另存为 CSV"
        )
    _check_magic(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members, limits)
            _check_content(archive, members)
    except _UNREADABLE as error:
        raise InvalidInput(
            f"工作簿已损坏或不完整（可能没有下载完），无法读取。{SAVE_AS}", detail=type(error).__name__
        ) from error
    return sum(member.file_size for member in members)


def _check_magic(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(8)
        if head.startswith(OLE_MAGIC):
            encrypted = "EncryptedPackage".encode("utf-16-le") in stream.read()
            if encrypted:
                raise InvalidInput("工作簿设有打开密码。请在 Excel 或 WPS 里取消密码后重新保存")
            raise InvalidInput(f"这是旧版 Excel 文件（.xls）。{SAVE_AS}")
    if not head.startswith(ZIP_MAGIC):
        raise InvalidInput(f"这不是 .xlsx 工作簿（扩展名可能被改过）。{SAVE_AS}")


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [member.filename for member in members]
    if len(members) > limits.workbook_members:
        raise InvalidInput(f"工作簿里有 {len(members)} 个部件，异常地多，疑似恶意文件，已拒绝导入")
    if len(set(names)) != len(names) or any(_is_escaping(name) for name in names):
        raise InvalidInput("工作簿内部的文件名重复或指向外部，疑似恶意文件，已拒绝导入")
    if any(member.flag_bits & ENCRYPTED_FLAG for member in members):
        raise InvalidInput("工作簿设有打开密码。请在 Excel 或 WPS 里取消密码后重新保存")
    declared = sum(member.file_size for member in members)
    steep = any(
        member.file_size > limits.ratio_applies_from_bytes
        and member.file_size > limits.unpacked_ratio * max(member.compress_size, 1)
        for member in members
    )
    if declared > limits.workbook_unpacked_bytes or steep:
        raise InvalidInput(f"工作簿解开后有 {declared / MIB:.0f} MB，异常地大，疑似压缩炸弹，已拒绝导入")
    sheets = sum(1 for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml"))
    if sheets > limits.workbook_sheets:
        raise InvalidInput(f"工作簿有 {sheets} 张工作表，超过 {limits.workbook_sheets} 张的上限")


def _is_escaping(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name


def _check_content(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise InvalidInput(f"这个压缩文件不是 Excel 工作簿。{SAVE_AS}")
    macros = ("vbaproject.bin", ".exe", ".dll")
    if any(name.lower().endswith(macros) or "/macrosheets/" in name for name in names):
        raise InvalidInput("工作簿含有宏，为安全起见不予导入。请另存为不含宏的 .xlsx")
    for name in names:
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as stream:
                head = stream.read(XML_HEAD_BYTES)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                raise InvalidInput("工作簿里的 XML 含有外部实体声明，疑似恶意文件，已拒绝导入")
