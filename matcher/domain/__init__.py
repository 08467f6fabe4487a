"""Entities, enums and value types; no I/O and no library beyond the standard one."""
