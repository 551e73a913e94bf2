"""From the facts of a row to the acts of a case: what a file claims, as our ledger tells it.

A frame of facts has, per case, `case_code`, `receiving_unit_id`, `competent_unit_id`,
`procedure_id`, `level` and the ledger's fields as columns (all of `FACTS`, null where the file
says nothing), `letter_issued_at` and `ended_at` (known from before) and `was_suspended`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tthc.intake.json_text import change_text, change_texts, encoded
from tthc.intake.ledger import CASE_COLUMNS, INSTANT

# the states' numbers (rules of the domain, 4)
SUBMITTED, RECEIVED, DECLINED, RESOLVED, RETURNED = 1, 2, 3, 9, 10
SUSPENDED = (5, 6)
ENDED = (DECLINED, 7, 8)

# what a row's facts are called, beside the case's own columns
FACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_code": pl.String,
    **{
        name: CASE_COLUMNS[name]
        for name in (
            "receiving_unit_id",
            "competent_unit_id",
            "procedure_id",
            "case_kind",
            "level",
            "channel",
            "out_of_territory",
            "officer",
            "parent_case_code",
            "state",
            "received_at",
            "due_at",
            "overdue_at",
            "resolved_at",
            "outcome",
            "returned_at",
            "ended_at",
            "letter_number",
            "letter_issued_at",
            "letter_sent_at",
            "cause",
            "e_result",
            "fee_amount",
            "fee_paid_at",
            "fee_channel",
            "return_channel",
        )
    },
    "letter_new_due_at": INSTANT,
    "was_suspended": pl.Boolean,
}

ABOUT = (
    "receiving_unit_id",
    "competent_unit_id",
    "procedure_id",
    "case_kind",
    "level",
    "channel",
    "out_of_territory",
    "officer",
    "parent_case_code",
)
# what a file may say without saying when: decided with the receipt where no later act does
EARLY = ("e_result", "cause", "fee_amount", "fee_channel", "return_channel")
PROMISE = {
    "first_due_at": "due_at",
    "promised_due_at": "due_at",
    "promised_overdue_at": "overdue_at",
    "due_at": "due_at",
    "overdue_at": "overdue_at",
}


@dataclass(frozen=True)
class Act:
    """One kind of act: which cases have it, the instant claimed for it, what it decides.

    It takes effect when claimed, but not before `after`: so a case that "ends before it starts"
    folds to its end. The note says where an instant comes from that the file doesn't claim.
    """

    type: str
    where: pl.Expr
    claimed: str
    change: Mapping[str, str | int | None]
    note: pl.Expr | None = None
    after: str = "submitted_at"


col = pl.col
ABOUT_EARLY = {
    **{name: name for name in ABOUT},
    **{name: f"early_{name}" for name in EARLY},
}


def noted(key: str, words: str) -> pl.Expr:
    return pl.lit(change_text({key: words}))


def in_state(state: int) -> pl.Expr:
    return col("state") == state


# in the order in which they come when they take effect at one instant
ACTS = (
    Act("submitted", ~col("accepted"), "submitted_at",
        {"submitted_at": "submitted_at", "state": 1, **ABOUT_EARLY}),
    Act("received", col("accepted"), "submitted_at",
        {"submitted_at": "submitted_at", "received_at": "received_at", "state": 2,
         **ABOUT_EARLY, **PROMISE}),
    Act("started", in_state(4), "submitted_at", {"state": 4},
        noted("started_at", "from received_at")),
    Act("suspended", in_state(5), "submitted_at",
        {"state": 5, "suspended_at": "submitted_at", "supplements": 1},
        noted("suspended_at", "from received_at")),
    Act("charged", in_state(6), "submitted_at", {"state": 6, "suspended_at": "submitted_at"},
        noted("suspended_at", "from received_at")),
    Act("letter_issued", col("lettered"), "letter_issued_at",
        {"letter_number": "letter_number", "letter_issued_at": "letter_issued_at",
         "re_promised_at": "re_promised_at"},
        pl.when(col("letter_sent_at").is_null()).then(
            noted("letter_issued_at", "last instant claimed"))),
    Act("letter_sent", col("letter_sent_at").is_not_null(), "letter_sent_at",
        {"letter_sent_at": "letter_sent_at"}),
    Act("extended", ~col("lettered") & col("re_promised_at").is_not_null(), "last_claimed_at",
        {"re_promised_at": "re_promised_at"}, noted("occurred_at", "last instant claimed")),
    Act("fee_paid", col("fee_paid_at").is_not_null(), "fee_paid_at",
        {"fee_amount": "fee_amount", "fee_paid_at": "fee_paid_at", "fee_channel": "fee_channel"}),
    Act("resolved", col("solved"), "resolved_at",
        {"state": 9, "resolved_at": "resolved_at", "outcome": "outcome", "e_result": "e_result",
         "cause": "cause", "suspended_at": "cleared"},
        pl.when(col("claimed_resolved_at").is_null()).then(
            noted("resolved_at", "from returned_at"))),
    Act("returned", in_state(10), "returned_at",
        {"state": 10, "returned_at": "returned_at", "return_channel": "return_channel"},
        pl.when(col("returned_at").is_null()).then(noted("returned_at", "not claimed")),
        after="resolved_at"),
    *(
        Act(kind, in_state(state), "ended_at", {"state": state, "ended_at": "ended_at"},
            pl.when(col("claimed_resolved_at").is_null()).then(
                noted("ended_at", "not claimed as such")))
        for kind, state in (("declined", 3), ("withdrawn", 7), ("stopped", 8))
    ),
)  # fmt: skip


def decide(facts: pl.DataFrame) -> pl.DataFrame:
    """The rows of `cases` that facts amount to, under its columns' names; a result beats a state
    that denies it. Columns beside them serve `acts_of`.
    """
    ended = col("state").is_in(list(ENDED)).fill_null(value=False)
    ready = pl.coalesce("resolved_at", "returned_at")
    facts = facts.with_columns(
        ready_at=ready,
        solved=ready.is_not_null() & ~ended,
        claimed_state=col("state").fill_null(RECEIVED),
        claimed_returned_at=col("returned_at"),
        claimed_resolved_at=col("resolved_at"),
        submitted_at=col("received_at"),
    ).with_columns(
        accepted=(col("claimed_state") != DECLINED)
        & ((col("claimed_state") != SUBMITTED) | col("solved")),
        lettered=col("letter_number").is_not_null() | col("letter_sent_at").is_not_null(),
        last_claimed_at=pl.max_horizontal(
            "submitted_at", "ready_at", "claimed_returned_at", "fee_paid_at"
        ),
        returned=(col("returned_at").is_not_null() | (col("claimed_state") == RETURNED)),
    )
    facts = facts.with_columns(
        state=pl.when(col("solved") & col("returned")).then(RETURNED)
        .when("solved").then(RESOLVED)
        .otherwise("claimed_state").cast(pl.Int16),
        received_at=pl.when("accepted").then("submitted_at"),
        **{name: pl.when("accepted").then(source) for name, source in PROMISE.items()},
        resolved_at=pl.when("solved").then("ready_at"),
        outcome=pl.when("solved").then(col("outcome").fill_null("granted")),
        returned_at=pl.when("solved").then("claimed_returned_at"),
        ended_at=pl.when(ended).then(
            pl.coalesce("resolved_at", "ended_at", "returned_at", "submitted_at")
        ),
        letter_issued_at=pl.when("lettered").then(
            pl.coalesce("letter_sent_at", "letter_issued_at", "last_claimed_at")
        ),
        re_promised_at=col("letter_new_due_at"),
    )  # fmt: skip
    suspended = col("state").is_in(list(SUSPENDED))
    return facts.with_columns(
        suspended_at=pl.when(suspended).then("submitted_at"),
        supplements=pl.when(in_state(5)).then(1).otherwise(0).cast(pl.Int16),
        early_e_result=pl.when(~col("solved")).then("e_result"),
        early_cause=pl.when(~col("solved")).then("cause"),
        early_fee_amount=pl.when(col("fee_paid_at").is_null()).then("fee_amount"),
        early_fee_channel=pl.when(col("fee_paid_at").is_null()).then("fee_channel"),
        early_return_channel=pl.when(~in_state(RETURNED)).then("return_channel"),
    )


def acts_of(rows: pl.DataFrame) -> pl.DataFrame:
    """The acts of decided rows, each case's in the order in which they take effect.

    Columns: `at` (the row's number), `case_code`, `seq`, `type`, `occurred_at`, `effective_at`,
    `payload`, `change`.
    """
    rows = rows.with_row_index("at")
    written = {value for act in ACTS for value in act.change.values() if isinstance(value, str)}
    texts = rows.select(encoded(rows[name]) for name in sorted(written - {"cleared"})).with_columns(
        cleared=pl.when(rows["was_suspended"]).then(pl.lit("null"))
    )
    acts: list[pl.DataFrame] = []
    for order, act in enumerate(ACTS):
        where = rows.select(act.where).to_series()
        if where.any() or not acts:
            part = rows.filter(where).select(
                "at",
                "case_code",
                type=pl.lit(act.type),
                occurred_at=pl.coalesce(act.claimed, act.after),
                effective_at=pl.max_horizontal(act.claimed, act.after, "submitted_at"),
                payload=pl.lit(None, pl.String) if act.note is None else act.note,
                order=pl.lit(order, pl.Int8),
            )
            acts.append(part.with_columns(change_texts(texts.filter(where), act.change)))
    return (
        pl.concat(acts)
        .sort("at", "effective_at", "order")
        .with_columns(seq=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("at"))
        .drop("order")
    )
