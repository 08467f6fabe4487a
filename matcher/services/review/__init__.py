"""Checking postings against the rules, at import and again (审核)."""
