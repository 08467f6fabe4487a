"""Coverage-guided fuzzing of everything that reads strangers' texts (atheris; extra `fuzz`).

`python tests/fuzz/fuzz_parsers.py --runs 1000000` must end without an exception; executions, seconds and the slowest
text go to benchmarks/results/fuzz.json, beside what slow_inputs.py measured.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

with atheris.instrument_imports(include=["matcher.text", "matcher.compliance"]):
    from alphabet import pieces
    from targets import TARGETS

from slow_inputs import record  # noqa: E402

NAMES = list(TARGETS)
PIECES = pieces()
MAX_PIECES = 24
MAX_CHARS = 100
BYTES_OF_A_PIECE = 8
WRITE_EVERY = 25_000


class Run:
    """Counts of one run."""

    def __init__(self, label: str, max_bytes: int, doors: list[str]) -> None:
        self.label = label
        self.doors = doors
        self.max_pieces = min(MAX_PIECES, max(1, max_bytes // BYTES_OF_A_PIECE))
        self.executions = dict.fromkeys(NAMES, 0)
        self.slowest_ms = dict.fromkeys(NAMES, 0.0)
        self.started = time.time()

    def one(self, data: bytes) -> None:
        """Feed one input to the door its first byte names."""
        provider = atheris.FuzzedDataProvider(data)
        name = self.doors[provider.ConsumeIntInRange(0, len(self.doors) - 1)]
        if provider.ConsumeBool():
            count = provider.ConsumeIntInRange(1, self.max_pieces)
            text = "".join(PIECES[provider.ConsumeIntInRange(0, len(PIECES) - 1)] for _ in range(count))
        else:
            text = provider.ConsumeUnicode(MAX_CHARS)
        start = time.process_time()
        TARGETS[name](text)
        self.slowest_ms[name] = max(self.slowest_ms[name], (time.process_time() - start) * 1000)
        self.executions[name] += 1
        if sum(self.executions.values()) % WRITE_EVERY == 0:
            self.write()

    def write(self) -> None:
        """Put the counts so far into the result file; the engine ends the process without a word."""
        record(
            {
                self.label: {
                    "executions": sum(self.executions.values()),
                    "executions_of": self.executions,
                    "seconds": round(time.time() - self.started),
                    "slowest_ms_instrumented": {n: round(v, 2) for n, v in self.slowest_ms.items()},
                }
            }
        )


def main() -> None:
    """Run until the wanted number of executions; an exception ends the run with a crash file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--label", default="atheris", help="name of the run in the result file")
    parser.add_argument("--max-bytes", type=int, default=256, help="longest input; short ones run faster")
    parser.add_argument("--doors", nargs="+", choices=NAMES, default=NAMES, help="only these doors")
    arguments = parser.parse_args()
    run = Run(arguments.label, arguments.max_bytes, arguments.doors)
    atheris.Setup([sys.argv[0], f"-atheris_runs={arguments.runs}", f"-max_len={arguments.max_bytes}", "-rss_limit_mb=4096"], run.one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
