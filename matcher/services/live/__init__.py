"""Livestreams: line-up, run-sheet, answers to viewers, signals, leads (直播带岗)."""
