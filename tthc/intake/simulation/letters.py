"""Apologies: before the due date, with or without moving it, or after it."""

import polars as pl

from tthc.intake.simulation.promises import Promises
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.worktime import WORK

MINUTES = 600  # working seconds between two acts of one letter, at least
BEFORE = 3 * WORK
NEW_DATES = (3, 5, 7, 10)  # working days that a letter asks for


def extended(setting: Setting, promises: Promises, frame: pl.DataFrame) -> pl.DataFrame:
    """The letter on an earlier date than the due date, and the due date that it moves."""
    dice, work = setting.dice, setting.work
    last = work.opening(pl.col("due")) - MINUTES
    first = pl.max_horizontal(pl.col("w_base") + MINUTES, last - BEFORE)
    issued = first + dice.roll("letter, when") * (last - first)
    frame = frame.with_columns(
        w_issued=pl.when(pl.col("letter_before") & (last > first)).then(issued).cast(pl.Int64),
        new_days=pl.lit(pl.Series(NEW_DATES)).gather(
            (dice.roll("new date") * len(NEW_DATES)).cast(pl.Int64)
        ),
    ).with_columns(
        w_sent=(pl.col("w_issued") + MINUTES + dice.roll("sent") * WORK * 0.4).cast(pl.Int64)
    )
    moved = (pl.col("w_sent") + 300 + dice.roll("extend") * 1800).cast(pl.Int64)
    frame = frame.with_columns(
        letter_issued=work.reached(pl.col("w_issued")),
        letter_sent=work.reached(pl.col("w_sent")),
        extended=pl.when(pl.col("extends")).then(work.reached(moved)),
        counted_from=pl.when(pl.col("w_issued").is_not_null()).then(pl.col("due")),
    )
    frame = promises.appointment(frame, "new_days", "counted_from", "letter_due")
    moves = pl.when(pl.col("extended").is_not_null())
    return frame.with_columns(
        re_promised=pl.col("letter_due"),
        final_due=moves.then(pl.col("letter_due")).otherwise(pl.col("due")),
        final_over=moves.then(pl.col("letter_due_over")).otherwise(pl.col("due_over")),
    )


def late_letters(setting: Setting, promises: Promises, frame: pl.DataFrame) -> pl.DataFrame:
    """A letter after the due date: it promises anew, moves nothing and is the only one."""
    dice, work = setting.dice, setting.work
    due = work.elapsed(pl.col("final_due"))
    room = pl.col("w_resolved") - due - 2 * MINUTES
    written = pl.col("letter_after") & pl.col("letter_issued").is_null() & (room > MINUTES)
    issued = due + MINUTES // 2 + dice.roll("late letter") * 0.8 * room
    frame = frame.with_columns(w_late=pl.when(written).then(issued).cast(pl.Int64))
    frame = frame.with_columns(late_letter=work.reached(pl.col("w_late")))
    frame = promises.appointment(frame, "new_days", "late_letter", "late_due")
    return frame.with_columns(
        letter_issued=pl.coalesce("letter_issued", "late_letter"),
        letter_sent=pl.coalesce("letter_sent", work.reached(pl.col("w_late") + MINUTES)),
        re_promised=pl.coalesce("re_promised", "late_due"),
    )
