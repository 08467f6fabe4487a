"""What is wrong with one cell or row, said to the person who can fix it (问题)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.domain.masking import mask_address, mask_id_number, mask_name, mask_phone

SHOWN_CHARS = 40
_LONG_NUMBER = re.compile(r"\d{7,}[\dXx]?")
_MASKS = {
    "name": mask_name,
    "contact_name": mask_name,
    "id_number": mask_id_number,
    "phone": mask_phone,
    "contact_phone": mask_phone,
    "address": mask_address,
    "household_no": mask_id_number,
}
_HIDDEN = frozenset(
    {"text", "birth_date", "constraints", "categories", "nation", "hukou_region", "gender", "raw"}
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault.

    row: number in the file; column: header as in the file, empty for the row as a whole; key: canonical key;
    value: as in the file, may be personal, so only the correction workbook shows it; code: stable name of the
    reason; fatal: the row is set aside, otherwise the field is left unknown.
    """

    row: int
    column: str
    key: str
    value: str
    code: str
    reason: str
    fix: str
    fatal: bool = False

    @property
    def masked_value(self) -> str:
        """The value as logs and screens may show it."""
        if self.key in _HIDDEN:
            return "***" if self.value else ""
        mask = _MASKS.get(self.key)
        shown = (
            mask(self.value) if mask else _LONG_NUMBER.sub(lambda m: mask_id_number(m.group()), self.value)
        )
        return shown[:SHOWN_CHARS]

    def line(self) -> str:
        """One masked line for the console or a log."""
        where = f"第 {self.row} 行" + (f"“{self.column}”" if self.column else "")
        value = f"（{self.masked_value}）" if self.masked_value else ""
        return f"{where}{value}：{self.reason}；{self.fix}"
