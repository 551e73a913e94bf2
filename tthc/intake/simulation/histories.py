"""The events of the simulated cases: one frame for each kind of act, then all in their order."""

import polars as pl

from tthc.intake.simulation.rows import over
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.worktime import instant

PORTAL = pl.lit("cong-dvc")
RECORDED_TOGETHER = 0.003  # results entered only when they are handed over
ISO = "%Y-%m-%dT%H:%M:%S%.6f+00:00"
Pair = tuple[str, pl.Expr]


def text(name: str, value: pl.Expr | None = None) -> Pair:
    quote = pl.lit('"')
    return name, pl.concat_str(quote, pl.col(name) if value is None else value, quote)


def plain(name: str, value: pl.Expr | None = None) -> Pair:
    return name, (pl.col(name) if value is None else value).cast(pl.String)


def at(name: str, column: str) -> Pair:
    return text(name, instant(pl.col(column)).dt.strftime(ISO))


def overdue(name: str, column: str) -> Pair:
    return text(name, over(column).dt.strftime(ISO))


def dates(due: str, law: str) -> list[Pair]:
    """The due dates that a receipt or a resume decides."""
    return [
        at("promised_due_at", due),
        overdue("promised_overdue_at", due),
        at("due_at", due),
        overdue("overdue_at", due),
        at("statutory_due_at", law),
        overdue("statutory_overdue_at", law),
    ]


def change(*pairs: Pair) -> pl.Expr:
    """A JSON object of the columns decided; a pair without a value is left out, the first never."""
    (name, value), *others = pairs
    return pl.concat_str(
        pl.lit(f'{{"{name}":') + value,
        *(pl.lit(f',"{key}":') + one for key, one in others),
        pl.lit("}"),
        ignore_nulls=True,
    )


ASKED_FOR = (
    plain("receiving_unit_id"),
    plain("competent_unit_id"),
    plain("procedure_id"),
    text("level"),
    text("channel"),
    text("online_level"),
)
OFFICER, CLERK = pl.col("officer"), pl.col("clerk")


def officer(column: str) -> pl.Expr:
    """Who has the case at this column's instant: the heir's officer once it was passed on."""
    passed_on = pl.col("transferred") < pl.col(column)
    return pl.when(passed_on).then(pl.col("heir_officer")).otherwise(OFFICER)


def acts() -> list[tuple[str, str, pl.Expr, pl.Expr]]:
    """Act by act: the column of its instant, the event's type, the actor and the change."""

    def state(number: int) -> Pair:
        return "state", pl.lit(str(number))

    def resumed(column: str, due: str) -> tuple[str, str, pl.Expr, pl.Expr]:
        nothing = ("suspended_at", pl.lit("null"))
        moved = dates(due, due.replace("due", "law"))
        return column, "resumed", officer(column), change(state(4), nothing, *moved)

    def ending(column: str, number: int) -> tuple[str, str, pl.Expr, pl.Expr]:
        return column, column, officer(column), change(state(number), at("ended_at", column))

    at_once = pl.when(pl.col("immediate")).then(OFFICER)
    return [
        (
            "presented",
            "submitted",
            PORTAL,
            change(state(1), at("submitted_at", "submitted"), *ASKED_FOR),
        ),
        (
            "received",
            "received",
            CLERK,
            change(
                state(2),
                at("submitted_at", "submitted"),
                at("received_at", "received"),
                *ASKED_FOR,
                plain("out_of_territory"),
                text("officer", at_once),
                at("first_due_at", "due_1"),
                *dates("due_1", "law_1"),
                plain("term_id"),
                plain("statutory_term_id", pl.col("statutory_id")),
                text("calendar_version"),
            ),
        ),
        (
            "declined",
            "declined",
            CLERK,
            change(
                state(3),
                at("submitted_at", "submitted"),
                *ASKED_FOR,
                at("ended_at", "declined"),
            ),
        ),
        (
            "fee_paid",
            "fee_paid",
            pl.when(pl.col("channel") == "online").then(PORTAL).otherwise(CLERK),
            change(plain("fee_amount"), at("fee_paid_at", "fee_paid"), text("fee_channel")),
        ),
        (
            "started",
            "started",
            officer("started"),
            change(state(4), text("officer", officer("started"))),
        ),
        (
            "suspended_1",
            "suspended",
            officer("suspended_1"),
            change(
                state(5), at("suspended_at", "suspended_1"), plain("supplements", pl.col("asks_1"))
            ),
        ),
        (
            "charged_1",
            "charged",
            officer("charged_1"),
            change(state(6), at("suspended_at", "charged_1")),
        ),
        resumed("resumed_1", "due_2"),
        (
            "suspended_2",
            "suspended",
            officer("suspended_2"),
            change(
                state(5),
                at("suspended_at", "suspended_2"),
                plain("supplements", pl.col("asks_1") + 1),
            ),
        ),
        resumed("resumed_2", "due_3"),
        (
            "letter_issued",
            "letter_issued",
            officer("letter_issued"),
            change(
                text("letter_number"),
                at("letter_issued_at", "letter_issued"),
                at("re_promised_at", "re_promised"),
                text("cause", pl.col("letter_cause")),
            ),
        ),
        ("letter_sent", "letter_sent", CLERK, change(at("letter_sent_at", "letter_sent"))),
        (
            "extended",
            "extended",
            CLERK,
            change(
                at("due_at", "letter_due"),
                overdue("overdue_at", "letter_due"),
                at("re_promised_at", "letter_due"),
            ),
        ),
        (
            "transferred",
            "transferred",
            OFFICER,
            change(
                plain("competent_unit_id", pl.col("heir_id")),
                text("officer", pl.col("heir_officer")),
            ),
        ),
        ending("withdrawn", 7),
        ending("stopped", 8),
        ending("closed", 8),
        (
            "resolved",
            "resolved",
            officer("resolved"),
            change(
                state(9),
                at("resolved_at", "resolved"),
                text("outcome"),
                text("e_result"),
                text("cause", pl.col("result_cause")),
            ),
        ),
        (
            "returned",
            "returned",
            CLERK,
            change(state(10), at("returned_at", "returned"), text("return_channel")),
        ),
    ]


def events(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """Every event of the frame's cases, in the order of cases and of `seq`, not yet sealed.

    They are recorded within seconds, as if lived through; a few results only at the handing over.
    """
    dice = setting.dice
    delay = (dice.roll("delay") * 9 + 1).cast(pl.Int64)
    together = dice.chance("together", RECORDED_TOGETHER) & pl.col("returned").is_not_null()
    frame = frame.with_columns(
        presented=pl.when(pl.col("channel") == "online").then(pl.col("submitted")),
        delay=delay,
        held=pl.when(together).then(pl.col("returned") - pl.col("resolved")).otherwise(0),
    )
    some = []
    for rank, (column, kind, actor, decided) in enumerate(acts()):
        late = pl.col("held") if kind == "resolved" else pl.lit(0)
        some.append(
            frame.filter(pl.col(column).is_not_null()).select(
                "case_id",
                "case_code",
                rank=pl.lit(rank, dtype=pl.Int8),
                type=pl.lit(kind),
                at=pl.col(column),
                recorded=pl.col(column) + pl.col("delay") + late,
                actor=actor,
                change=decided,
            )
        )
    return (
        pl.concat(some)
        .sort("case_id", "at", "rank")
        .with_columns(
            seq=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("case_id"),
            occurred_at=instant(pl.col("at")),
            effective_at=instant(pl.col("at")),
            recorded_at=instant(pl.col("recorded")),
            replaces=pl.lit(None, dtype=pl.Int32),
            payload=pl.lit(None, dtype=pl.String),
        )
        .drop("at", "recorded", "rank")
    )
