"""Matching quality on real postings: tasks, peers, measures and the judged worker sentences (匹配质量评测)."""
