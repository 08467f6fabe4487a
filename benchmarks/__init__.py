"""Benchmarks: each script states its claim in its first line and runs its peers in the same run."""
