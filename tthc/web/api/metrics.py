"""What a Prometheus server scrapes: how many requests were answered how, and how fast.

Counted by the shell around the site, so that an answer of any layer counts as what it was.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from litestar import Response, get
from litestar.datastructures import State

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


@get("/metrics", sync_to_thread=False, include_in_schema=False)
def metrics(state: State) -> Response[str]:
    """The counts of this process since it began."""
    text = "\n".join([*state.meter.lines(), ""])
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"
