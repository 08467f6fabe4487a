"""Fault suites are also commands (`python -m tests.fault.kill`), so they are imported from the repository's root."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
