"""Who asks for what, where and when: the cases up to their acceptance or refusal."""

import polars as pl

from tthc.intake.simulation.catalogue import CHANNELS, LEVELS
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.worktime import A_DAY, OPENS, WORK

HOUR = 3600
MINUTES = 60
LAST_AT_DESK = WORK - 900  # the last number at the desk is called a quarter before closing


def submissions(setting: Setting, first: int, last: int) -> pl.DataFrame:
    """The cases numbered [first, last) with their day, level, procedure and units."""
    dice, mix, days = setting.dice, setting.mix, setting.days
    share = float(days["running"][-1]) / setting.asked.cases
    frame = pl.DataFrame({"number": pl.int_range(first, last, dtype=pl.UInt64, eager=True)})
    frame = frame.with_columns(
        day_row=pl.lit(days["running"])
        .search_sorted((pl.col("number").cast(pl.Float64) + 0.5) * share)
        .clip(0, len(days) - 1)
    ).with_columns(
        pl.lit(days[name]).gather(pl.col("day_row")).alias(name)
        for name in ("day", "worked", "era", "online", "province", "commune")
    )
    level = dice.roll("level")
    channel = dice.roll("channel")
    frame = frame.with_columns(
        level_row=pl.when(level < pl.col("province"))
        .then(0)
        .when(level < 1 - pl.col("commune"))
        .then(1)
        .otherwise(2)
        .cast(pl.Int64),
        channel_row=pl.when(channel < pl.col("online"))
        .then(1)
        .when(channel > 1 - mix["channels"]["post"])
        .then(2)
        .otherwise(0)
        .cast(pl.Int64),
    ).with_columns(place_group=pl.col("era") * len(LEVELS) + pl.col("level_row"))
    group = pl.lit(setting.offer_groups).gather(
        pl.col("place_group") * len(CHANNELS) + pl.col("channel_row")
    )
    frame = frame.with_columns(
        offer=setting.offer_choice.pick(group, dice.roll("procedure")).cast(pl.UInt32),
        place=setting.place_choice.pick(pl.col("place_group"), dice.roll("unit")).cast(pl.UInt32),
    )
    frame = frame.join(setting.offer_table(), on="offer", how="left", maintain_order="left")
    return _placed(setting, frame)


def _placed(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """The competent unit, a department by its sector; and the shop that takes the case in."""
    dice, share = setting.dice, setting.mix["receipt"]
    table = setting.place_table()
    width = len(setting.mix["departments"])
    roots = max(place.root for place in setting.places) + 1
    department = pl.lit(setting.departments).gather(
        (pl.col("era") * roots + pl.lit(table["root"]).gather(pl.col("place"))) * width
        + pl.col("department")
    )
    provincial = pl.col("level_row") == 0
    local = len(LEVELS) - 1
    frame = frame.with_columns(
        place=pl.when(provincial).then(department).otherwise(pl.col("place")).cast(pl.UInt32),
        other=setting.place_choice.pick(pl.col("era") * len(LEVELS) + local, dice.roll("shop")),
    ).join(table, on="place", how="left", maintain_order="left")
    # since 2025-07-01 one may file at any shop of the province
    two_levels = pl.col("province") + pl.col("commune") > 1 - 1e-9
    elsewhere = (
        two_levels
        & (pl.col("channel") != "online")
        & dice.chance(
            "elsewhere",
            pl.when(provincial)
            .then(share["province_at_commune"])
            .otherwise(share["received_elsewhere"]),
        )
    )
    other_unit = pl.lit(table["competent_unit_id"]).gather(pl.col("other"))
    return frame.with_columns(
        level=pl.lit(pl.Series(LEVELS)).gather(pl.col("level_row")),
        receiving_unit_id=pl.when(elsewhere).then(other_unit).otherwise(pl.col("centre_id")),
    ).with_columns(
        # a commune's shop serves the commune alone, a centre its province's departments
        out_of_territory=pl.col("receiving_unit_id") != pl.col("centre_id")
    )


def receipts(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """When each was submitted, and accepted or declined: planned, in local seconds."""
    dice, mix, work = setting.dice, setting.mix["receipt"], setting.work
    online = pl.col("channel") == "online"
    roll, clock = dice.roll("hour"), dice.roll("clock")
    opening = work.opening(pl.col("day") * A_DAY)
    # mornings are fuller than afternoons; online never closes
    at_desk = work.reached(opening + 60 + roll.pow(1.35) * LAST_AT_DESK)
    by_day = pl.col("day") * A_DAY + OPENS - HOUR / 2 + roll * 10 * HOUR
    any_hour = pl.col("day") * A_DAY + 5.5 * HOUR + roll * 18.4 * HOUR
    office = clock < setting.mix["channels"]["office_hours"]
    frame = frame.with_columns(
        submitted=pl.when(online)
        .then(pl.when(office).then(by_day).otherwise(any_hour))
        .otherwise(at_desk)
        .cast(pl.Int64)
    )
    waits = dice.spread(
        "acceptance", mix["acceptance_minutes"] * MINUTES, mix["acceptance_spread"]
    ).clip(60, 5 * WORK)
    looked_at = (
        pl.when(online)
        .then(work.reached(work.elapsed(pl.col("submitted")) + waits))
        .otherwise(pl.col("submitted"))
    )
    declined = dice.chance("declined", mix["refused_at_desk"])
    return frame.with_columns(
        declined=pl.when(declined)
        .then(looked_at + 300 + (dice.roll("declining") * 900))
        .cast(pl.Int64),
        received=pl.when(~declined).then(looked_at).cast(pl.Int64),
    )
