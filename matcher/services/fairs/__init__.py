"""Fairs from invitation to outcome (招聘会)."""
