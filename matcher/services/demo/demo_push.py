"""The sample county's push batch, from plan to the first wave of letters and lists (样例推送)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import Channel
from matcher.errors import Unavailable
from matcher.regions.loading import load_pack
from matcher.services.planning.batch_page import batch_page
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.runtime import Runtime
from matcher.services.sending.batch_life import approve_batch
from matcher.services.sending.deliver_outbox import deliver_outbox
from matcher.services.sending.push_office import push_office
from matcher.services.sending.push_ways import push_ways
from matcher.services.sending.send_batch import send_batch

PLANNER, APPROVER = "样例经办", "样例批准"
WAVE_SIZE = 60  # enough to see letters, SMS and call lists, few enough to print at once
BY_FILE = (Channel.SMS, Channel.PHONE, Channel.VISIT)

Step = Callable[[str, int, float], None]


@dataclass(frozen=True, slots=True)
class DemoPush:
    """What was planned and sent. folder: letters, SMS file and call lists; letters_missing: why there are none."""

    batch_id: int
    people: int
    satisfied: int
    short: int
    pushes: int
    proven: bool
    sent: int
    page: Path
    folder: Path
    letters_missing: str = ""


def push_in_demo(runtime: Runtime, page: Path, *, progress: Step) -> DemoPush:
    """Plan two pushes for every willing relocated person of the county, approve, and send the first wave.

    page: where the coverage page is written. Without a CJK font the letters wait in the outbox and say why.
    """
    pack = load_pack(runtime.config.region, runtime.config.home)
    settings = PlanSettings.of(pack, wave_size=WAVE_SIZE)
    planned = plan_batch(
        runtime,
        PopulationQuery(),
        name="样例：有就业意愿的征迁群众",
        settings=settings,
        actor=PLANNER,
        progress=progress,
    )
    database, office = runtime.database, push_office(runtime)
    approve_batch(database, planned.batch_id, approver=APPROVER)
    ways = push_ways(runtime.config, database.clock, BY_FILE)
    sent = send_batch(database, planned.batch_id, office, ways, actor=PLANNER, progress=progress)
    missing = ""
    try:
        letters = push_ways(runtime.config, database.clock, (Channel.LETTER,))
        deliver_outbox(database, letters, office, batch_id=planned.batch_id, actor=PLANNER)
    except Unavailable as error:
        missing = error.message
    page.write_text(batch_page(database, planned.batch_id), encoding="utf-8")
    return DemoPush(
        planned.batch_id,
        planned.people,
        planned.satisfied,
        planned.short,
        planned.pushes,
        planned.certificate.holds,
        sent.wave.messages,
        page,
        runtime.config.push_folder,
        missing,
    )
