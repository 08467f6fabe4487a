"""How large an imported file and its parts may be; past a limit the file is refused (上限)."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds.

    The CPU allowance of a workbook grows with the size it declares, so that a file which lies about its size
    gets the allowance of the small file it claims to be (measured: 15 ms of CPU per declared MiB).
    """

    file_bytes: int = 256 * MIB
    unpacked_bytes: int = 1024 * MIB
    unpacked_ratio: float = 200.0
    ratio_applies_from_bytes: int = 10 * MIB
    line_bytes: int = 1 * MIB
    cell_chars: int = 100_000
    columns: int = 400
    rows: int = 1_048_576
    header_within_rows: int = 10
    quoted_lines: int = 400
    unclosed_quotes: int = 200
    workbook_bytes: int = 64 * MIB
    workbook_unpacked_bytes: int = 400 * MIB
    workbook_members: int = 1_000
    workbook_sheets: int = 200
    workbook_rows_bytes: int = 400 * MIB
    child_memory_bytes: int = 768 * MIB
    child_cpu_s: float = 1.0
    child_cpu_s_per_mib: float = 0.06


DEFAULT_LIMITS = Limits()
