"""Hands lent between firms, work out of town, and the buses that take people there (用工余缺调剂, 劳务协作)."""
