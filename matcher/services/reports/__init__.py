"""Workbooks for the bureau: coverage and the month (报表)."""
