"""What a score is asked of: which rubric, period and cut-offs, and which blocks have cases."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tthc import clock
from tthc.db.blocks import PROVINCES, Tree
from tthc.db.facts import Knowledge
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.domain.scoring.rubric import Rubric
from tthc.service.measures import WHOLE, Measures


@dataclass(frozen=True, slots=True)
class Cut:
    """At which cut-offs a score is asked for; None means as a figure's defaults."""

    as_of: datetime | None = None
    known_at: datetime | None = None

    def knowledge(self, period: Period) -> Knowledge:
        now = clock.now()
        end = clock.start_of(period.end) - timedelta(microseconds=1)
        return Knowledge(self.as_of or min(now, end), self.known_at or now)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a score is asked of: the rubric, the period, the cut-offs and the reader's scope."""

    scope: Scope
    rubric: Rubric
    period: Period
    knowledge: Knowledge

    @property
    def on(self) -> date:
        """The day whose units and blocks count: the cut-off's, or the period's last."""
        return min(clock.local_date(self.knowledge.as_of), self.period.end - timedelta(days=1))


def blocks_with_cases(rubric: Rubric, tree: Tree, measures: Measures) -> list[tuple[str, int]]:
    """(block, province) where any case was counted; the provinces' own block once."""
    roots = sorted(
        {
            tree.units[each].root_id
            for each in measures.units
            if each != WHOLE and each in tree.units
        }
    )
    return [
        (block, root)
        for block in rubric.blocks
        for root in (roots[:1] if block == PROVINCES else roots)
    ]
