"""Claim: fairs, urgent requests, livestreams, swaps and renderings are decided within their limits, each beside its peer.

    python -m benchmarks.events [fairs instant live swaps renderings]

runs every part, each in a process of its own, one at a time, and writes `benchmarks/results/events.json`; a part
that is named alone replaces its own figures there. Asserts nothing about time.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import RESULTS, commit, write_result

PARTS = ("fairs", "instant", "live", "swaps", "renderings")
CLAIM = "fairs, urgent requests, livestreams, swaps and renderings are decided within their limits, each beside its peer"
NAME = "events"


def main() -> int:
    """Run the parts named, or all; 1 when one of them failed."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    figures = _earlier()
    failed = []
    for part in wanted:
        print(f"— {part}", flush=True)
        found = _in_a_process(part)
        if found is None:
            failed.append(part)
            continue
        figures[part] = {"commit": commit(), **found}
    write_result(NAME, CLAIM, {part: figures[part] for part in PARTS if part in figures})
    if failed:
        print(f"failed, earlier figures kept: {', '.join(failed)}")
    return int(bool(failed))


def _earlier() -> dict[str, Any]:
    path = RESULTS / f"{NAME}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["figures"]) if path.exists() else {}


def _in_a_process(part: str) -> dict[str, Any] | None:
    """The figures of one part; None when its process failed. What one part holds in memory ends with it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        ended = subprocess.run([sys.executable, "-m", "benchmarks.events", "--part", part, str(out)], check=False)
        if ended.returncode:
            return None
        return dict(json.loads(out.read_text(encoding="utf-8")))


def _write_part(part: str, out: Path) -> int:
    figures = importlib.import_module(f"benchmarks.events_{part}").figures()
    out.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        sys.exit(_write_part(sys.argv[2], Path(sys.argv[3])))
    sys.exit(main())
