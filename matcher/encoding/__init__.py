"""Sentence vectors behind one small interface (编码)."""
