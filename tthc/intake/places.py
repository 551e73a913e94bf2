"""Codes of units and procedures, resolved as of the day on which a case was received."""

from collections.abc import Callable
from typing import Any

import polars as pl

from tthc.clock import VIETNAM
from tthc.db import imports
from tthc.intake.profile import Profile

NO_SECTOR = "Chưa phân lĩnh vực"

Ask = Callable[..., Any]  # runs a function of `tthc.db` on the import's own connection


class Places:
    """What codes mean in one world; where the profile allows it, unknown ones are created."""

    def __init__(self, ask: Ask, profile: Profile, *, simulated: bool) -> None:
        self.ask = ask
        self.profile = profile
        self.simulated = simulated
        self._read_units()
        self._read_procedures()

    def units(self, codes: pl.Series, days: pl.Series) -> pl.DataFrame:
        """The unit that each code means on its day: see `resolve`, with `level`."""
        found = resolve(codes, days, self.known_units)
        unknown = found.filter(pl.col("code").is_not_null() & pl.col("id").is_null())
        if unknown.is_empty() or not self.profile.create_units:
            return found
        self.ask(
            imports.add_units,
            unknown["code"].unique(maintain_order=True).to_list(),
            self.profile.name,
            self.profile.unit_level,
            simulated=self.simulated,
        )
        self._read_units()
        return resolve(codes, days, self.known_units)

    def procedures(
        self, codes: pl.Series, days: pl.Series, names: pl.Series, sectors: pl.Series
    ) -> pl.DataFrame:
        """The procedure that each code means on its day; one created takes name and sector."""
        found = resolve(codes, days, self.known_procedures)
        told = found.with_columns(name=names, sector=sectors)
        unknown = told.filter(pl.col("code").is_not_null() & pl.col("id").is_null())
        if unknown.is_empty() or not self.profile.create_procedures:
            return found
        wanted = unknown.unique("code", keep="first", maintain_order=True)
        for code, name, sector in wanted.select("code", "name", "sector").iter_rows():
            self.ask(
                imports.add_procedure,
                code,
                name or code,
                sector or NO_SECTOR,
                self.profile.unit_level,
            )
        self._read_procedures()
        return resolve(codes, days, self.known_procedures)

    def _read_units(self) -> None:
        self.known_units = pl.DataFrame(self.ask(imports.read_units, simulated=self.simulated))

    def _read_procedures(self) -> None:
        self.known_procedures = pl.DataFrame(self.ask(imports.read_procedures))


def days_in_vietnam(instants: pl.Series) -> pl.Series:
    """The dates on which codes must be valid."""
    return instants.dt.convert_time_zone(VIETNAM.key).dt.date()


def resolve(codes: pl.Series, days: pl.Series, known: pl.DataFrame) -> pl.DataFrame:
    """What each code means on its day, row by row: `code`, `day`, and `known`'s other columns
    (null: nothing), with `other_days`, whether it means something on another day.

    `CODE@2025-06-30` names its own day.
    """
    parts = codes.alias("code").str.split_exact("@", 1).struct.unnest()
    named = parts["field_1"].str.to_date("%Y-%m-%d", strict=False)
    day = pl.col("day")
    asked = pl.DataFrame(
        {"code": parts["field_0"], "day": days, "named": named, "at": parts["field_1"]}
    ).select("code", day=pl.when(pl.col("at").is_null()).then("day").otherwise("named"))
    found = (
        asked.unique()
        .join(known, on="code")
        .filter(
            (pl.col("valid_from").is_null() | (pl.col("valid_from") <= day))
            & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
        )
        .sort("valid_from", nulls_last=False)
        .unique(["code", "day"], keep="last")
    )
    return asked.join(found, on=["code", "day"], how="left", maintain_order="left").with_columns(
        other_days=pl.col("code").is_in(known["code"].implode())
    )
