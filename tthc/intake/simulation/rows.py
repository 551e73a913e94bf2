"""A planned life cut at the end of the simulated time, and the case's row that it leaves."""

import polars as pl

from tthc.intake.ledger import as_cases
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.worktime import instant

ENDINGS = ("withdrawn", "stopped", "closed")
ACTS = (
    "declined", "received", "fee_paid", "started", "suspended_1", "charged_1", "resumed_1",
    "suspended_2", "resumed_2", "letter_issued", "letter_sent", "extended", "transferred",
    "resolved", "returned",
)  # fmt: skip
CAUSED_WITHOUT_LETTER = 0.8


def cut(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out what would come after the case's own ending or after the simulated time."""
    happened = frame.with_columns(
        pl.when(pl.col(name) <= setting.end).then(pl.col(name)) for name in ENDINGS
    ).with_columns(last=pl.min_horizontal(pl.lit(setting.end), *ENDINGS))
    return happened.with_columns(
        pl.when(pl.col(name) <= pl.col("last")).then(pl.col(name)) for name in ACTS
    )


def told(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """Codes, names of offices and causes; no person is invented."""
    dice, life = setting.dice, setting.mix["life"]
    codes = pl.DataFrame(
        {"heir_id": list(setting.unit_codes), "heir_code": list(setting.unit_codes.values())},
        schema={"heir_id": pl.Int64, "heir_code": pl.String},
    )
    causes = [code for code, weight in setting.mix["causes"].items() for _ in range(weight)]
    cause = pl.lit(pl.Series(causes)).gather((dice.roll("cause") * len(causes)).cast(pl.Int64))
    late = (pl.col("resolved") - 7 * 3600) * 1_000_000 >= pl.col("final_over")
    number = (pl.col("number") + 1).cast(pl.String)
    desk = (dice.roll("desk") * 6 + 1).cast(pl.Int64).cast(pl.String).str.zfill(2)
    frame = frame.join(codes, on="heir_id", how="left", maintain_order="left")
    return frame.with_columns(
        case_code=pl.concat_str(
            pl.lit(f"{setting.asked.tag}."),
            "competent_code",
            pl.lit("-"),
            instant(pl.col("submitted") + 7 * 3600).dt.strftime("%y%m%d"),
            pl.lit("-"),
            number.str.zfill(6),
        ),
        clerk=pl.concat_str(pl.lit("can-bo-mot-cua-"), desk),
        officer=pl.concat_str(pl.lit("can-bo-"), "competent_code", pl.lit("-"), desk),
        heir_officer=pl.concat_str(pl.lit("can-bo-"), "heir_code", pl.lit("-"), desk),
        letter_number=pl.when(pl.col("letter_issued").is_not_null()).then(
            pl.concat_str(number, pl.lit("/VBXL-MP"))
        ),
        letter_cause=pl.when(pl.col("letter_issued").is_not_null()).then(cause),
        result_cause=pl.when(
            late
            & pl.col("letter_issued").is_null()
            & dice.chance("cause told", CAUSED_WITHOUT_LETTER)
        ).then(cause),
        outcome=pl.when(dice.chance("refused", life["refused"]))
        .then(pl.lit("refused"))
        .otherwise(pl.lit("granted")),
        return_channel=pl.when(pl.col("e_result") == "yes")
        .then(pl.lit("online"))
        .when(pl.col("channel") == "post")
        .then(pl.lit("post"))
        .otherwise(pl.lit("counter")),
        fee_channel=pl.when(pl.col("channel") == "online")
        .then(pl.lit("online"))
        .otherwise(pl.lit("counter")),
        asks_1=pl.col("suspended_1").is_not_null().cast(pl.Int64),
        calendar_version=pl.lit(setting.calendar.version),
    )


def over(name: str) -> pl.Expr:
    """The first overdue instant of a due date, as the ledger keeps it."""
    return pl.col(f"{name}_over").cast(pl.Datetime("us", "UTC"))


def case_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """What the events of each case fold to; `id` and the chain's columns come from the caller."""
    has = {name: pl.col(name).is_not_null() for name in (*ACTS, *ENDINGS)}
    asked_1 = pl.coalesce("suspended_1", "charged_1")
    accepted = has["received"]

    def in_force(name: str, *, as_over: bool = False) -> pl.Expr:
        def value(column: str) -> pl.Expr:
            return over(column) if as_over else instant(pl.col(column))

        return (
            pl.when(has["resumed_2"])
            .then(value(f"{name}_3"))
            .when(has["resumed_1"])
            .then(value(f"{name}_2"))
            .when(accepted)
            .then(value(f"{name}_1"))
        )

    waiting = (
        pl.when(has["suspended_2"])
        .then(pl.when(~has["resumed_2"]).then(pl.col("suspended_2")))
        .when(~has["resumed_1"])
        .then(asked_1)
    )
    started = has["started"] | (accepted & pl.col("immediate"))
    state = (
        pl.when(has["returned"]).then(10)
        .when(has["resolved"]).then(9)
        .when(has["withdrawn"]).then(7)
        .when(has["stopped"] | has["closed"]).then(8)
        .when(has["suspended_2"] & ~has["resumed_2"]).then(5)
        .when(has["suspended_1"] & ~has["resumed_1"]).then(5)
        .when(has["charged_1"] & ~has["resumed_1"]).then(6)
        .when(has["started"]).then(4)
        .when(accepted).then(2)
        .when(has["declined"]).then(3)
        .otherwise(1)
    )  # fmt: skip
    rows = frame.with_columns(
        id=pl.col("case_id"),
        code=pl.col("case_code"),
        simulated=pl.lit(value=True),
        imported=pl.lit(value=False),
        competent_unit_id=pl.when(has["transferred"])
        .then(pl.col("heir_id"))
        .otherwise(pl.col("competent_unit_id")),
        out_of_territory=pl.when(accepted).then(pl.col("out_of_territory")),
        officer=pl.when(has["transferred"])
        .then(pl.col("heir_officer"))
        .when(started)
        .then(pl.col("officer")),
        state=state,
        submitted_at=instant(pl.col("submitted")),
        received_at=instant(pl.col("received")),
        first_due_at=pl.when(accepted).then(instant(pl.col("due_1"))),
        promised_due_at=in_force("due"),
        promised_overdue_at=in_force("due", as_over=True),
        due_at=pl.when(has["extended"])
        .then(instant(pl.col("letter_due")))
        .otherwise(in_force("due")),
        overdue_at=pl.when(has["extended"])
        .then(over("letter_due"))
        .otherwise(in_force("due", as_over=True)),
        statutory_due_at=in_force("law"),
        statutory_overdue_at=in_force("law", as_over=True),
        re_promised_at=pl.when(has["letter_issued"]).then(instant(pl.col("re_promised"))),
        supplements=pl.col("asks_1") + has["suspended_2"].cast(pl.Int64),
        suspended_at=instant(waiting),
        resolved_at=instant(pl.col("resolved")),
        outcome=pl.when(has["resolved"]).then(pl.col("outcome")),
        returned_at=instant(pl.col("returned")),
        ended_at=instant(pl.coalesce("declined", *ENDINGS)),
        letter_issued_at=instant(pl.col("letter_issued")),
        letter_sent_at=instant(pl.col("letter_sent")),
        cause=pl.coalesce("letter_cause", pl.when(has["resolved"]).then(pl.col("result_cause"))),
        e_result=pl.when(has["resolved"]).then(pl.col("e_result")).otherwise(pl.lit("unknown")),
        fee_amount=pl.when(has["fee_paid"]).then(pl.col("fee_amount")),
        fee_paid_at=instant(pl.col("fee_paid")),
        fee_channel=pl.when(has["fee_paid"]).then(pl.col("fee_channel")),
        return_channel=pl.when(has["returned"]).then(pl.col("return_channel")),
        term_id=pl.when(accepted).then(pl.col("term_id")),
        calendar_version=pl.when(accepted).then(pl.col("calendar_version")),
    )
    by_law = rows.select(
        pl.when(pl.col("received_at").is_not_null()).then("statutory_id").cast(pl.Int32)
    ).to_series()
    return as_cases(rows).with_columns(statutory_term_id=by_law)  # of which no file knows
