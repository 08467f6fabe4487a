"""Signing in to the pages, and the one table of who may open which of them (账号)."""
