"""What a Prometheus server scrapes: requests answered, how fast, and whether the nights go on.

Requests are counted by the shell around the site, so that an answer of any layer counts as what
it was. The nights are read from the ledger; without its database their lines are missing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from litestar import Response, get
from litestar.datastructures import State
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.refusal import explain
from tthc.service.nights import show_nights, show_pulse_age

BOUNDS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000)  # milliseconds


@dataclass(slots=True)
class Meter:
    """The counts of one process."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)  # method, status
    within: Counter[int] = field(default_factory=Counter)  # the first bound that holds
    milliseconds: int = 0

    def count(self, method: str, status: int, milliseconds: int) -> None:
        known = method if method in METHODS else "other"
        self.requests[known, status] += 1
        self.within[next((each for each in BOUNDS if milliseconds <= each), 0)] += 1
        self.milliseconds += milliseconds

    def lines(self) -> Iterator[str]:
        """In Prometheus's text format, version 0.0.4."""
        yield "# HELP tthc_requests_total Requests answered, by method and status."
        yield "# TYPE tthc_requests_total counter"
        for (method, status), count in sorted(self.requests.items()):
            yield f'tthc_requests_total{{method="{method}",status="{status}"}} {count}'
        yield "# HELP tthc_request_seconds How long an answer took."
        yield "# TYPE tthc_request_seconds histogram"
        so_far = 0
        for bound in BOUNDS:
            so_far += self.within[bound]
            yield f'tthc_request_seconds_bucket{{le="{_seconds(bound)}"}} {so_far}'
        total = self.requests.total()
        yield f'tthc_request_seconds_bucket{{le="+Inf"}} {total}'
        yield f"tthc_request_seconds_sum {_seconds(self.milliseconds)}"
        yield f"tthc_request_seconds_count {total}"


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


NIGHTS = """\
# HELP tthc_night_age_seconds Since the figures of the last whole night were there.
# TYPE tthc_night_age_seconds gauge
# HELP tthc_nights_missed Whole nights that lack since the last one.
# TYPE tthc_nights_missed gauge
# HELP tthc_schedule_beat_age_seconds Since the scheduler last said that it lives.
# TYPE tthc_schedule_beat_age_seconds gauge"""


@get("/metrics", include_in_schema=False)
async def metrics(state: State) -> Response[str]:
    """The counts of this process since it began, and the age of the last good night."""
    text = "\n".join([*state.meter.lines(), *await _nights(state), ""])
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


async def _nights(state: State) -> list[str]:
    try:
        async with state.engine.connect() as connection:
            return [NIGHTS, *await _gauges(connection)]
    except Exception as error:
        if explain(error):
            return []
        raise


async def _gauges(connection: AsyncConnection) -> list[str]:
    lines = []
    for world in ("real", "simulated"):
        nights = await show_nights(connection, simulated=world == "simulated")
        if nights:
            lines += [
                f'tthc_night_age_seconds{{world="{world}"}} {nights.age_seconds}',
                f'tthc_nights_missed{{world="{world}"}} {nights.missed}',
            ]
    beat = await show_pulse_age(connection)
    return lines if beat is None else [*lines, f"tthc_schedule_beat_age_seconds {beat}"]


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"
