"""A case's life from its acceptance on, as it is planned: every act in local seconds, or null.

Columns named `w_…` hold the same instants in working seconds. What is planned after the end of
the simulated time is left out later, by `cut`.
"""

import polars as pl

from tthc.intake.simulation.promises import Promises
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.worktime import WORK

SAME_DAY = 2 * WORK  # from a receipt to the closing of the next day, at most
LONG_ENOUGH = 3 * WORK  # shorter terms are neither suspended nor extended
ASKED_WITHIN = 3 * WORK  # supplements are asked for in three working days (rules, 3.8)


def begun(setting: Setting, promises: Promises, frame: pl.DataFrame) -> pl.DataFrame:
    """The promise at receipt, and when somebody starts on the case."""
    dice, work = setting.dice, setting.work
    frame = promised(promises, frame, "received", "due_1").with_columns(
        w_received=work.elapsed(pl.col("received")), w_due=work.elapsed(pl.col("due_1"))
    )
    span = pl.col("w_due") - pl.col("w_received")
    immediate = dice.chance("immediate", setting.mix["life"]["immediate"]) & (span <= SAME_DAY)
    pause = 300 + dice.roll("start") * (span.fill_null(WORK) * 0.2).clip(0, WORK // 2)
    return (
        frame.with_columns(immediate=immediate.fill_null(value=False))
        .with_columns(
            w_started=pl.when(~pl.col("immediate"))
            .then(pl.col("w_received") + pause)
            .cast(pl.Int64),
            w_base=pl.col("w_received"),
            due=pl.col("due_1"),
            due_over=pl.col("due_1_over"),
            law=pl.col("law_1"),
            law_over=pl.col("law_1_over"),
            closed=pl.lit(None, dtype=pl.Int64),
        )
        .with_columns(started=work.reached(pl.col("w_started")))
    )


def promised(promises: Promises, frame: pl.DataFrame, start: str, name: str) -> pl.DataFrame:
    """Due by the term promised and by the law's own: `due_n` and `law_n`."""
    law = name.replace("due", "law")
    frame = promises.due(frame, "term_id", start, name)
    if frame["term_id"].equals(frame["statutory_id"], null_equal=True):
        return frame.with_columns(
            pl.col(name).alias(law), pl.col(f"{name}_over").alias(f"{law}_over")
        )
    return promises.due(frame, "statutory_id", start, law)


def suspended(
    setting: Setting, promises: Promises, frame: pl.DataFrame, round_: int
) -> pl.DataFrame:
    """One round of waiting for papers or money: asked, answered, and the whole term again.

    Asked after the due date it moves nothing. Nobody answering, a clerk may close the case.
    """
    dice, work, life = setting.dice, setting.work, setting.mix["life"]
    first = round_ == 1
    name = f"suspended {round_}"
    span = pl.col("w_due") - pl.col("w_base")
    if first:
        share = pl.when(pl.col("land")).then(life["suspended_land"]).otherwise(life["suspended"])
        since = pl.col("w_started")
        open_ = ~pl.col("immediate") & (span >= LONG_ENOUGH)
    else:
        share = pl.lit(life["suspended_again"])
        since = pl.col("w_base")
        open_ = pl.col("resumed_1").is_not_null() & (span >= LONG_ENOUGH)
    asked = (open_ & dice.chance(name, share)).fill_null(value=False)
    charged = (
        asked & pl.col("land") & dice.chance("charged", life["charged"]) if first else pl.lit(False)  # noqa: FBT003  # a value
    )
    too_late = asked & ~charged & dice.chance(f"{name}, after due", life["suspended_after_due"])
    window = (0.8 * (pl.col("w_due") - since)).clip(0, ASKED_WITHIN) - 1800
    asked_in_time = since + 1800 + dice.roll(f"{name}, when") * window.clip(0)
    asked_late = pl.col("w_due") + 60 + dice.roll(f"{name}, when") * 2 * WORK
    answer = dice.spread(f"{name}, answer", life["answer_days"] * WORK, life["answer_spread"])
    silent = (
        asked
        & ~charged
        & (answer > life["silent_days"] * WORK)
        & dice.chance(f"{name}, silent", life["closed_when_silent"])
    )
    w_asked = pl.when(asked).then(pl.when(too_late).then(asked_late).otherwise(asked_in_time))
    frame = frame.with_columns(
        w_asked=w_asked.cast(pl.Int64), too_late=too_late, silent=silent, charged_now=charged
    ).with_columns(
        w_resumed=pl.when(~pl.col("silent")).then(pl.col("w_asked") + answer).cast(pl.Int64),
        w_closed=pl.when(pl.col("silent"))
        .then(pl.col("w_asked") + (life["silent_days"] + dice.roll(name + "!") * 5) * WORK)
        .cast(pl.Int64),
    )
    frame = frame.with_columns(
        pl.when(~pl.col("charged_now"))
        .then(work.reached(pl.col("w_asked")))
        .alias(f"suspended_{round_}"),
        pl.when(pl.col("charged_now"))
        .then(work.reached(pl.col("w_asked")))
        .alias(f"charged_{round_}"),
        work.reached(pl.col("w_resumed")).alias(f"resumed_{round_}"),
        closed=pl.coalesce("closed", work.reached(pl.col("w_closed"))),
    )
    # what lies beyond the end needs no due date
    restarted = pl.when(~pl.col("too_late") & (pl.col(f"resumed_{round_}") <= setting.end))
    frame = frame.with_columns(restart=restarted.then(pl.col(f"resumed_{round_}")))
    again = f"due_{round_ + 1}"
    frame = promised(promises, frame, "restart", again)
    law = again.replace("due", "law")
    return frame.with_columns(
        pl.coalesce(again, "due").alias("due"),
        pl.coalesce(f"{again}_over", "due_over").alias("due_over"),
        pl.coalesce(law, "law").alias("law"),
        pl.coalesce(f"{law}_over", "law_over").alias("law_over"),
        late_for_good=pl.col("too_late") if first else pl.col("late_for_good") | pl.col("too_late"),
        w_base=pl.coalesce("w_resumed", "w_base"),
    ).with_columns(
        # the due date in force from this resume on
        pl.when(pl.col(f"resumed_{round_}").is_not_null()).then(pl.col("due")).alias(again),
        pl.when(pl.col(f"resumed_{round_}").is_not_null())
        .then(pl.col("due_over"))
        .alias(f"{again}_over"),
        pl.when(pl.col(f"resumed_{round_}").is_not_null()).then(pl.col("law")).alias(law),
        pl.when(pl.col(f"resumed_{round_}").is_not_null())
        .then(pl.col("law_over"))
        .alias(f"{law}_over"),
        w_due=work.elapsed(pl.col("due")),
    )
