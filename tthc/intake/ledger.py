"""Events and cases in bulk: the columns that the ledger takes, and the seal on every event."""

from hashlib import sha256

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
MONEY = pl.Decimal(14, 2)

# the columns that a writer may give; those left out take the database's default
CASE_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64,
    "code": pl.String,
    "simulated": pl.Boolean,
    "imported": pl.Boolean,
    "version": pl.Int32,
    "head": pl.Binary,
    "last_effective_at": INSTANT,
    "last_recorded_at": INSTANT,
    "receiving_unit_id": pl.Int32,
    "competent_unit_id": pl.Int32,
    "procedure_id": pl.Int32,
    "case_kind": pl.String,
    "level": pl.String,
    "channel": pl.String,
    "online_level": pl.String,
    "out_of_territory": pl.Boolean,
    "officer": pl.String,
    "parent_case_code": pl.String,
    "state": pl.Int16,
    "submitted_at": INSTANT,
    "received_at": INSTANT,
    "first_due_at": INSTANT,
    "promised_due_at": INSTANT,
    "promised_overdue_at": INSTANT,
    "due_at": INSTANT,
    "overdue_at": INSTANT,
    "statutory_due_at": INSTANT,
    "statutory_overdue_at": INSTANT,
    "re_promised_at": INSTANT,
    "supplements": pl.Int16,
    "suspended_at": INSTANT,
    "resolved_at": INSTANT,
    "outcome": pl.String,
    "returned_at": INSTANT,
    "ended_at": INSTANT,
    "letter_number": pl.String,
    "letter_issued_at": INSTANT,
    "letter_sent_at": INSTANT,
    "cause": pl.String,
    "e_result": pl.String,
    "fee_amount": MONEY,
    "fee_paid_at": INSTANT,
    "fee_channel": pl.String,
    "return_channel": pl.String,
    "term_id": pl.Int32,
    "calendar_version": pl.String,
}
EVENT_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_id": pl.Int64,
    "seq": pl.Int32,
    "type": pl.String,
    "occurred_at": INSTANT,
    "effective_at": INSTANT,
    "recorded_at": INSTANT,
    "actor": pl.String,
    "replaces": pl.Int32,
    "import_id": pl.Int64,
    "payload": pl.String,
    "change": pl.String,
    "hash": pl.Binary,
}


def as_cases(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of `cases` that the frame has, in the types that the table takes."""
    return frame.select(
        pl.col(name).cast(kind) for name, kind in CASE_COLUMNS.items() if name in frame.columns
    )


def as_events(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of `case_events` that the frame has, in the types that the table takes."""
    return frame.select(
        pl.col(name).cast(kind) for name, kind in EVENT_COLUMNS.items() if name in frame.columns
    )


def sealed_text() -> pl.Expr:
    """`tthc.domain.events.sealed_text` over a frame of events."""
    instants = ("occurred_at", "effective_at", "recorded_at")
    fields = [
        pl.col("case_code"),
        pl.col("seq").cast(pl.String),
        pl.col("type"),
        *(pl.col(name).cast(INSTANT).cast(pl.Int64).cast(pl.String) for name in instants),
        pl.col("actor"),
        pl.col("replaces").cast(pl.String).fill_null(""),
        pl.col("payload").fill_null(""),
        pl.col("change"),
    ]
    return pl.concat_str(
        part
        for field in fields
        for part in (field.str.len_chars().cast(pl.String), pl.lit(":"), field)
    ).cast(pl.Binary)


def seal_frame(events: pl.DataFrame) -> pl.DataFrame:
    """The events with their `hash`: each case's events together, in the order of `seq`.

    Beside the events' own columns (`replaces` and `payload` may be null) it takes `case_code`,
    and for cases that have events already `head`, the hash of the last one.
    """
    first = pl.col("case_code").rle_id().diff().fill_null(1) != 0
    head = pl.col("head") if "head" in events.columns else pl.lit(b"")
    chain = events.select(text=sealed_text(), head=pl.when(first).then(head.fill_null(pl.lit(b""))))
    link, links = b"", []
    for text, start in zip(chain["text"].to_list(), chain["head"].to_list(), strict=True):
        link = sha256((link if start is None else start) + text).digest()
        links.append(link)
    return events.with_columns(hash=pl.Series(links, dtype=pl.Binary))


def last_links(sealed: pl.DataFrame) -> pl.DataFrame:
    """What a case's row keeps of its chain: version, head and the last instants, by `case_id`."""
    return sealed.group_by("case_id", maintain_order=True).agg(
        version=pl.col("seq").last(),
        head=pl.col("hash").last(),
        last_effective_at=pl.col("effective_at").max(),
        last_recorded_at=pl.col("recorded_at").max(),
    )
