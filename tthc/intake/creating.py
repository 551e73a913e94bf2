"""Cases that the ledger does not know: their rows, their events, their applicants."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tthc.intake.acts import FACTS, acts_of, decide
from tthc.intake.ledger import INSTANT, as_cases, as_events, last_links, seal_frame


@dataclass(frozen=True, slots=True)
class Import:
    """What every event of an import says of it."""

    id: int
    profile: str
    file_name: str
    simulated: bool
    recorded_at: datetime

    @property
    def actor(self) -> str:
        return f"import:{self.profile}"


@dataclass(frozen=True, slots=True)
class NewCases:
    cases: pl.DataFrame
    events: pl.DataFrame
    applicants: pl.DataFrame


def new_cases(rows: pl.DataFrame, ids: pl.Series, by: Import) -> NewCases:
    """What checked rows (`check`) add under these ids: one case a row."""
    decided = decide(rows.select(*FACTS))
    acts = acts_of(decided)
    events = seal_frame(recorded(acts, by).with_columns(case_id=ids.gather(acts["at"])))
    row = decided.with_columns(
        id=ids,
        code=pl.col("case_code"),
        simulated=pl.lit(by.simulated),
        imported=pl.lit(value=True),
        e_result=pl.col("e_result").fill_null("unknown"),
    ).join(last_links(events), left_on="id", right_on="case_id", maintain_order="left")
    named = rows.select("applicant_name").with_columns(case_id=ids)
    return NewCases(
        cases=as_cases(row),
        events=as_events(events),
        applicants=named.drop_nulls().select("case_id", pl.col("applicant_name").alias("name")),
    )


def recorded(acts: pl.DataFrame, by: Import) -> pl.DataFrame:
    """Acts as events of an import that correct nothing."""
    return acts.with_columns(
        recorded_at=pl.lit(by.recorded_at, INSTANT),
        actor=pl.lit(by.actor),
        replaces=pl.lit(None, pl.Int32),
        import_id=pl.lit(by.id, pl.Int64),
    )
