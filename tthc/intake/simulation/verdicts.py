"""Early, on time or late: what is to come of each case, and when its result is ready."""

import polars as pl

from tthc.intake.simulation.catalogue import LEVELS
from tthc.intake.simulation.letters import extended, late_letters
from tthc.intake.simulation.lives import LONG_ENOUGH
from tthc.intake.simulation.promises import Promises
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.worktime import A_DAY, CLOSES, MICROS, OFFSET, WORK

EARLY, ON_TIME, LATE, UNBOUND = 0, 1, 2, 3
FIRST_MINUTES = 600  # working seconds that anything takes at least


def concluded(setting: Setting, promises: Promises, frame: pl.DataFrame) -> pl.DataFrame:
    """The letters, the final due date and the instant of "result ready" of each case."""
    frame = extended(setting, promises, _intended(setting, frame))
    frame = late_letters(setting, promises, _resolved(setting, frame))
    return _oddities(setting, frame)


def _intended(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """The verdict to come, and whether a letter is to be written before or after the due date."""
    dice, lateness = setting.dice, setting.mix["lateness"]
    life, letters = setting.mix["life"], setting.mix["letters"]
    usual = (
        pl.when(pl.col("land"))
        .then(lateness["land"])
        .otherwise(pl.col("level").replace_strict({name: lateness[name] for name in LEVELS}))
    )
    share = (usual * pl.col("lateness")).clip(lateness["least"], lateness["most"])
    late = (dice.chance("late", share) & ~pl.col("immediate")) | pl.col("late_for_good")
    frame = frame.with_columns(
        verdict=pl.when(pl.col("due").is_null())
        .then(UNBOUND)
        .when(late)
        .then(LATE)
        .when(dice.chance("early", lateness["early"]))
        .then(EARLY)
        .otherwise(ON_TIME)
    )
    # only a due date that is held by its date, at closing, is given a new one
    movable = (
        (pl.col("w_due") - pl.col("w_base") >= LONG_ENOUGH)
        & (pl.col("due") % A_DAY == CLOSES)
        & ~pl.col("late_for_good")
    )
    late, in_time = pl.col("verdict") == LATE, pl.col("verdict").is_in([EARLY, ON_TIME])
    letter = dice.roll("letter")
    extends = (late & (letter < letters["extended"])) | (in_time & (letter < life["extended"]))
    before = extends | (late & (letter < letters["extended"] + letters["in_time"]))
    frame = frame.with_columns(
        extends=(movable & extends).fill_null(value=False),
        letter_before=(movable & before).fill_null(value=False),
        letter_after=late & (letter >= 1 - letters["after_due"]),
    )
    # some who were given more time need still more
    again = pl.col("extends") & dice.chance("late again", life["late_though_extended"])
    return frame.with_columns(verdict=pl.when(again).then(LATE).otherwise(pl.col("verdict")))


def _resolved(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """When the result is ready, so that the verdict is the intended one."""
    dice, work, lateness = setting.dice, setting.work, setting.mix["lateness"]
    roll, base = dice.roll("result"), pl.col("w_base")
    due, opening = work.elapsed(pl.col("final_due")), work.opening(pl.col("final_due"))
    first = pl.max_horizontal(
        base + (0.3 * (due - base)).clip(1, FIRST_MINUTES),
        pl.coalesce("w_started", "w_base") + 60,
        pl.coalesce(work.elapsed(pl.col("extended")), "w_base") + 60,
    )
    last_early = opening - 60
    early = pl.when(last_early > first).then(first + (1 - roll * roll) * (last_early - first))
    begin = pl.max_horizontal(first, opening + 60)
    on_time = pl.when(due > begin).then(begin + roll * (due - begin)).otherwise(begin)
    wait = dice.spread("days late", lateness["days"] * WORK, lateness["days_spread"])
    late = pl.max_horizontal(due, base) + FIRST_MINUTES + wait
    free = pl.max_horizontal(first, base + dice.spread("unbound", 1.5 * WORK, 0.8))
    verdict = pl.col("verdict")
    frame = frame.with_columns(
        w_resolved=pl.when(pl.col("closed").is_null())
        .then(
            pl.when(verdict == UNBOUND)
            .then(free)
            .when(verdict == LATE)
            .then(late)
            .when(verdict == EARLY)
            .then(pl.coalesce(early, on_time))
            .otherwise(on_time)
        )
        .cast(pl.Int64)
    )
    at_once = pl.col("received") + 120 + (roll * 2400).cast(pl.Int64)
    return frame.with_columns(
        resolved=pl.when(pl.col("immediate"))
        .then(at_once)
        .otherwise(work.reached(pl.col("w_resolved")))
    )


def _oddities(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """What real ledgers show now and then: done at the very second of the due date, or at night."""
    dice, life = setting.dice, setting.mix["life"]
    due, day = pl.col("final_due"), pl.col("resolved") // A_DAY
    by_date = pl.col("final_over") == (due // A_DAY + 1) * A_DAY * MICROS - OFFSET * MICROS
    on_the_day = (due // A_DAY == day) & by_date & ~pl.col("immediate")
    on_the_day &= pl.col("verdict") == ON_TIME
    at_night = day * A_DAY + 19 * 3600 + (dice.roll("night hour") * 3 * 3600).cast(pl.Int64)
    return frame.with_columns(
        resolved=pl.when(on_the_day & dice.chance("exactly", life["exactly_at_due"]))
        .then(due)
        .when(on_the_day & dice.chance("night", life["outside_hours"]))
        .then(at_night)
        .otherwise(pl.col("resolved"))
    )
