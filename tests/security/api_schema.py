"""Claim: no request, well or ill formed, gets anything from the interface but what its OpenAPI document says (接口契约).

    python -m tests.security.api_schema --cases 5000

schemathesis makes the requests, in all its phases, against the real service over a small sample county in which a
fair, a livestream, a batch and an urgent request exist. Half of the numbers and ids are swapped for real ones, so
that requests get past "there is no such thing". Every check of schemathesis is on but two: what breaks a rule
beyond the document (a time that is past, an unknown id) rightly gets 422 although its form is right, and keys of
one office see the same things, so there is no object of somebody else. Exit status 1 when there are failures;
figures go to benchmarks/results/api_schema.json.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER, HookContext

from benchmarks.measure import timed, write_result
from tests.sample_office import sample_office
from tests.security.filled_office import KnownIds, fill
from tests.security.open_office import API, OpenOffice, key_for_everything, serving

CLAIM = __doc__.split("\n", 1)[0].removeprefix("Claim: ")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
STREAM = f"{API}/live/{{event_id}}/signals"
"""Never ends by itself; `test_live_stream` follows it instead."""

REFUSED = ["400", "401", "403", "404", "405", "409", "413", "415", "422"]

_STEPS = (4, 20, 40, 80, 160)


@dataclass
class Found:
    """What a run found. failures: one line each, the same line once."""

    cases: int = 0
    operations: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def take(self, event: ScenarioFinished) -> None:
        """Count what one scenario did."""
        recorder = event.recorder
        self.cases += len(recorder.interactions)
        for node in recorder.cases.values():
            self.operations.add(node.value.operation.label)
        for interaction in recorder.interactions.values():
            if interaction.response is None:
                self.failures[f"{recorder.label}: no answer"] += 1
            else:
                self.statuses[interaction.response.status_code] += 1
        for case_id, checks in recorder.checks.items():
            for check in checks:
                self.checks[check.name] += 1
                if check.status is Status.FAILURE:
                    self.failures[_line(recorder.cases[case_id].value, check)] += 1


def _line(case: Any, check: Any) -> str:
    told = check.failure_info.failure
    shown = " ".join(f"{told.title}: {told.message}".split())
    return f"{case.method} {case.path} [{check.name}] {shown[:300]} | {case.as_curl_command()[:500]}"


def settings(seed: int, examples: int, phases: Sequence[str], key: str = "") -> SchemathesisConfig:
    """One pass: `examples` cases an operation in each of the phases."""
    chosen: dict[str, Any] = {name: {"enabled": name in phases} for name in PHASES}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "request-timeout": 30,
            "suppress-health-check": ["all"],
            "headers": {"Authorization": f"Bearer {key}"} if key else {},
            "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
            "checks": {
                "positive_data_acceptance": {"enabled": False},
                "object_level_authorization": {"enabled": False},
                "negative_data_rejection": {"expected-statuses": REFUSED},
            },
            "phases": chosen,
        }
    )


def one_pass(schema: Any, found: Found) -> None:
    """Run what the schema's settings say, and count."""
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            found.take(event)
        elif isinstance(event, NonFatalError):
            found.failures[f"{event.label}: {event.info.title} {str(event.value)[:200]}"] += 1


def run(office: OpenOffice, known: KnownIds, *, cases: int, seed: int, phases: Sequence[str] = PHASES) -> Found:
    """Passes with new seeds and more examples until there were enough cases."""
    found = Found()
    with real_ids(known):
        for number in range(100):
            if found.cases >= cases:
                break
            config = settings(seed + number, _STEPS[min(number, len(_STEPS) - 1)], phases, office.key)
            one_pass(schema_of(office, config), found)
    return found


def schema_of(office: OpenOffice, config: SchemathesisConfig) -> Any:
    """The document of the running service, the endless stream left out."""
    address = f"{office.url}{API}/openapi.json"
    return schemathesis.openapi.from_url(address, config=config).exclude(path=STREAM)


@contextmanager
def real_ids(known: KnownIds) -> Iterator[None]:
    """Swap ids for those of things that exist, in every second request whose place for them is well formed."""

    def before_call(context: HookContext, case: Any, kwargs: dict[str, Any]) -> None:
        if crc32(repr((case.path_parameters, case.body)).encode("utf-8", "replace")) % 2:
            return
        if case.path_parameters and not _is_wrong(case, ParameterLocation.PATH):
            case.path_parameters = _swapped(case.path_parameters, known, case.path)
        if isinstance(case.body, dict) and not _is_wrong(case, ParameterLocation.BODY):
            case.body = _swapped(case.body, known, case.path)

    GLOBAL_HOOK_DISPATCHER.register_hook_with_name(before_call, "before_call")
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)


def _is_wrong(case: Any, location: ParameterLocation) -> bool:
    return case.meta is not None and bool(case.meta.is_negative_at(location))


def _swapped(values: Mapping[str, Any], known: KnownIds, path: str) -> dict[str, Any]:
    return {name: known.of(name, path) if known.of(name, path) is not None else value for name, value in values.items()}


@contextmanager
def opened(folder: Path) -> Iterator[tuple[OpenOffice, KnownIds]]:
    """The sample office, filled and serving."""
    _, database, _ = sample_office(folder / "home", folder / "files", workers=40, postings=80)
    key = key_for_everything(database)
    database.close()
    with serving(folder / "home", key) as office:
        yield office, fill(office)


def main() -> None:
    """Run, tell, keep the figures."""
    parser = argparse.ArgumentParser(description=CLAIM)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    figures: dict[str, Any] = {"seed": asked.seed, "asked": asked.cases}
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as (office, known):
        with timed(figures, "seconds"):
            found = run(office, known, cases=asked.cases, seed=asked.seed)
        said = [line for line in office.log.read_text(errors="replace").splitlines() if "unexpected_error" in line]
    figures |= {
        "cases": found.cases,
        "operations": len(found.operations),
        "checks": dict(sorted(found.checks.items())),
        "statuses": {str(status): count for status, count in sorted(found.statuses.items())},
        "failures": sum(found.failures.values()),
        "kinds_of_failure": len(found.failures),
        "unexpected_errors_logged": len(said),
    }
    for line, count in found.failures.most_common():
        print(f"{count:6d}  {line}")
    print(*sorted(set(said)), sep="\n")
    print({name: figures[name] for name in ("cases", "operations", "failures", "statuses")})
    write_result("api_schema", CLAIM, figures)
    sys.exit(1 if found.failures or said else 0)


if __name__ == "__main__":
    main()
