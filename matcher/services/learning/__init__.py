"""The ranker learns from the office's own outcomes (学习)."""
