"""Rows of a file beside the cases that the ledger knows already."""

from dataclasses import dataclass

import polars as pl
from adbc_driver_manager.dbapi import Cursor

from tthc.db import cases
from tthc.intake.acts import FACTS, SUSPENDED
from tthc.intake.fields import FIELDS
from tthc.intake.ledger import MONEY
from tthc.intake.profile import Profile

# facts under which a case's row keeps them itself
SAME = [name for name in FACTS if name not in ("case_code", "letter_new_due_at", "was_suspended")]
# fields that are no facts of the case
BESIDE = (
    "receiving_unit",
    "competent_unit",
    "procedure_code",
    "procedure_name",
    "sector",
    "applicant_name",
)


@dataclass(frozen=True)
class Known:
    """The ledger's rows for the codes of a batch, and fresh ids for the others."""

    cases: pl.DataFrame
    ids: pl.Series


def read_known(cursor: Cursor, codes: list[str], *, reserve: bool) -> Known:
    """What the ledger knows of these codes; without `reserve` the ids are never to be written."""
    known = pl.DataFrame(cases.read_cases(cursor, codes)).with_columns(
        pl.col("fee_amount").cast(MONEY)
    )
    unknown = len(codes) - len(known)
    if not reserve:
        return Known(known, pl.int_range(unknown, eager=True))
    return Known(known, pl.DataFrame(cases.reserve_case_ids(cursor, unknown))["id"])


def facts_known(rows: pl.DataFrame) -> pl.DataFrame:
    """What the ledger knows, as the facts that a file would have to say."""
    return rows.select(
        pl.col("code").alias("case_code"),
        *(pl.col(name) for name in SAME if name != "received_at"),
        pl.coalesce("received_at", "submitted_at").alias("received_at"),
        pl.col("re_promised_at").alias("letter_new_due_at"),
        (pl.col("state").is_in(list(SUSPENDED)) | pl.col("suspended_at").is_not_null()).alias(
            "was_suspended"
        ),
    ).select(pl.col(name).cast(kind) for name, kind in FACTS.items())


def with_known(batch: pl.DataFrame, known: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The rows with what they leave unsaid: a blank cell says nothing and erases nothing.

    Units and the procedure are still codes; `known:NAME` is what the ledger says itself.
    """
    old = facts_known(known).rename({name: f"known:{name}" for name in FACTS})
    beside = known.select(
        pl.col("code").alias("known:case_code"),
        pl.col("id").alias("known:id"),
        pl.col("simulated").alias("known:simulated"),
        pl.col("version").alias("known:version"),
        pl.col("applicant_name").alias("known:applicant_name"),
        pl.col("applicant_erased").alias("known:applicant_erased"),
    )
    missing = [name for name in (*FACTS, *BESIDE) if name not in batch.columns]
    frame = batch.with_columns(
        pl.lit(None, FACTS.get(name, pl.String)).alias(name) for name in missing
    ).join(
        old.join(beside, on="known:case_code").with_columns(
            pl.col("known:case_code").alias("case_code")
        ),
        on="case_code",
        how="left",
        maintain_order="left",
    )
    # where the result was taken from the return, a new return takes it along
    follows = pl.col("returned_at").is_not_null() & pl.col("known:resolved_at").eq_missing(
        pl.col("known:returned_at")
    )
    merged = {name: pl.coalesce(name, f"known:{name}") for name in FACTS if name != "case_code"}
    merged["resolved_at"] = pl.coalesce("resolved_at", pl.when(~follows).then("known:resolved_at"))
    merged["was_suspended"] = pl.col("known:was_suspended").fill_null(value=False)
    for name, source in profile.sources.items():
        if FIELDS[name].required and source.unmapped is not None:
            blank = pl.col("known:id").is_null() & pl.col(name).is_null()
            merged[name] = (
                pl.when(blank)
                .then(pl.lit(source.unmapped))
                .otherwise(merged.get(name, pl.col(name)))
            )
    return frame.with_columns(**merged)
