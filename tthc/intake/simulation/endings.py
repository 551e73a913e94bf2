"""How a case ends: collected, withdrawn, stopped; and passed to another unit on the way."""

import polars as pl

from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.worktime import A_DAY, WORK


def ended(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """What follows the result, what comes instead of it, and the fee."""
    dice, work, life = setting.dice, setting.work, setting.mix["life"]
    roll, online = dice.roll("ending"), pl.col("channel") == "online"
    base, result = pl.col("w_base"), pl.col("w_resolved")
    instead = work.reached(base + dice.roll("ending, when") * (result - base))
    instead = pl.when(~pl.col("immediate")).then(instead)
    electronic = pl.when(online).then(life["e_result_online"]).otherwise(life["e_result"])
    wait = (60 + dice.roll("return") * 1200).cast(pl.Int64)
    days = dice.spread("collected", 0.6 * WORK, 1.1)
    collected = work.reached(work.elapsed(pl.col("resolved")) + days + 60)
    to_pay = (60 + dice.roll("paying") * pl.when(online).then(6000).otherwise(300)).cast(pl.Int64)
    frame = frame.with_columns(
        withdrawn=pl.when(roll < life["withdrawn"]).then(instead),
        stopped=pl.when(roll > 1 - life["stopped"]).then(instead),
        e_result=pl.when(dice.chance("electronic", electronic))
        .then(pl.lit("yes"))
        .otherwise(pl.lit("no")),
        returned=pl.when(~dice.chance("never", life["never_collected"])).then(
            pl.when(online | pl.col("immediate"))
            .then(pl.col("resolved") + wait)
            .otherwise(collected)
        ),
        fee_paid=pl.when(pl.col("fee_amount").is_not_null()).then(pl.col("received") + to_pay),
    )
    return _transferred(setting, frame)


def _transferred(setting: Setting, frame: pl.DataFrame) -> pl.DataFrame:
    """A unit that is ended passes its open cases on; now and then a case changes hands."""
    dice, work = setting.dice, setting.work
    change = pl.col("ends") * A_DAY
    begin = work.opening(change)
    heirs = [list(place.successors) for place in setting.places]
    table = pl.DataFrame(
        {"place": range(len(heirs)), "heirs": heirs},
        schema={"place": pl.UInt32, "heirs": pl.List(pl.Int64)},
    )
    frame = frame.join(table, on="place", how="left", maintain_order="left")
    count = pl.col("heirs").list.len()
    heir = pl.col("heirs").list.get((dice.roll("heir") * count).cast(pl.Int64), null_on_oob=True)
    inherited = (pl.col("received") < change) & (pl.col("resolved") >= change) & (count > 0)
    soon = begin + 60 + dice.roll("transfer") * 0.5 * (pl.col("w_resolved") - begin).clip(0)
    swapped = (
        (pl.col("level") == "province")
        & pl.col("ends").is_null()
        & pl.col("charged_1").is_null()
        & pl.col("suspended_1").is_null()
        & dice.chance("swapped", setting.mix["life"]["transferred"])
    )
    halfway = pl.col("w_started") + 0.3 * (pl.col("w_resolved") - pl.col("w_started"))
    ids = pl.lit(pl.Series([place.unit_id for place in setting.places], dtype=pl.Int64))
    other = setting.place_choice.pick(pl.col("place_group"), dice.roll("other unit"))
    return frame.with_columns(
        transferred=pl.when(inherited)
        .then(work.reached(soon))
        .when(swapped)
        .then(work.reached(halfway)),
        heir_id=pl.when(inherited).then(heir).when(swapped).then(ids.gather(other)),
    )
