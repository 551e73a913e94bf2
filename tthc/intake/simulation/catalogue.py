"""What can be asked for in the simulated province: procedures with the terms of real law.

One row per era (a span of days in which neither terms nor units change), level, channel and
procedure, with its weight in the mix. A term that is not confirmed promises nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from tthc.domain.catalog import Procedure, PublishedTerm, choose_terms, in_force
from tthc.domain.errors import NotFoundError
from tthc.intake.simulation.mix import (
    Mix,
    department_of,
    is_excluded,
    level_shares,
    sector_weight,
)

LEVELS = ("province", "district", "commune")
CHANNELS = ("counter", "online", "post")
FEES = (8_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
# before 2025-07-01 a district did what the catalogue of today names for these levels
DONE_AT = {"province": {"province"}, "district": {"province", "commune"}, "commune": {"commune"}}


@dataclass(frozen=True, slots=True)
class Offer:
    """A procedure as it can be asked for; `department` is a place in the mix's list."""

    group: int
    weight: float
    sector: str
    channel: str
    procedure_id: int
    term: PublishedTerm | None
    statutory: PublishedTerm | None
    department: int
    land: bool
    online_level: str
    fee: int


def group_of(era: int, level: int, channel: int) -> int:
    return (era * len(LEVELS) + level) * len(CHANNELS) + channel


def offers(
    mix: Mix,
    eras: Sequence[date],
    procedures: Iterable[Procedure],
    terms: Iterable[PublishedTerm],
    online_levels: Mapping[tuple[str, str], str],
) -> list[Offer]:
    """Every offer, group after group; an era is known by its first day.

    Raises NotFoundError where a level has nothing with a confirmed term.
    """
    of_procedure: dict[str, list[PublishedTerm]] = defaultdict(list)
    for term in terms:
        of_procedure[term.procedure_code].append(term)
    known = [p for p in procedures if not p.imported and not is_excluded(mix, p.sector)]
    known.sort(key=lambda p: (_shuffled(p.code), p.id))
    found: list[Offer] = []
    for era, day in enumerate(eras):
        for level, name in enumerate(LEVELS):
            here = [
                p
                for p in known
                if DONE_AT[name] & set(p.levels)
                and in_force(p.valid_from, p.valid_to, day)
                and _is_done(mix, name, p.sector)
            ]
            for channel, way in enumerate(CHANNELS):
                all_here = [
                    _offer(
                        mix,
                        group=group_of(era, level, channel),
                        level=name,
                        channel=way,
                        day=day,
                        procedure=procedure,
                        terms=of_procedure.get(procedure.code, []),
                        online_levels=online_levels,
                    )
                    for procedure in here
                ]
                some = _weighted(mix, name, [o for o in all_here if o is not None])
                if not some and way == "counter" and name in level_shares(mix, day):
                    raise NotFoundError(
                        f"Danh mục chưa có thủ tục cấp {name} nào có thời hạn đã xác nhận: "
                        "hãy nạp danh mục bằng `tthc db upgrade` rồi chạy lại."
                    )
                found.extend(some)
    return found


def _is_done(mix: Mix, level: str, sector: str) -> bool:
    """Whether units of a level do a sector: departments as listed, districts what had weight."""
    if level == "province":
        return department_of(mix, sector) is not None
    return level == "commune" or sector_weight(mix, level, sector) is not None


def _offer(
    mix: Mix,
    *,
    group: int,
    level: str,
    channel: str,
    day: date,
    procedure: Procedure,
    terms: list[PublishedTerm],
    online_levels: Mapping[tuple[str, str], str],
) -> Offer | None:
    """One procedure as it can be asked for; None where it has no time limit at all."""
    chosen = choose_terms(terms, level=level, channel=channel, case_kind=None, on=day)
    if chosen.promised is not None and chosen.promised.unit == "none":
        return None
    decided = online_levels.get((procedure.code, level))
    return Offer(
        group=group,
        weight=1.0,
        sector=procedure.sector,
        channel=channel,
        procedure_id=procedure.id,
        term=chosen.promised,
        statutory=chosen.statutory,
        department=department_of(mix, procedure.sector) or 0,
        land=procedure.sector.startswith("Đất đai"),
        online_level=decided or _online_level(mix, procedure.code),
        fee=_fee(mix, procedure.code),
    )


def _weighted(mix: Mix, level: str, offers: list[Offer]) -> list[Offer]:
    """A group's weights, to one in sum: sectors as listed, and those without a term their share.

    Within a listed sector the first procedure has most, the next a share less, and so on.
    """
    less = 1 - mix["volume"]["next_procedure_less"]
    places: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        listed = sector_weight(mix, level, offer.sector)
        places["" if offer.term is None else listed[0] if listed else offer.sector].append(offer)
    weighed: list[Offer] = []
    for key, some in places.items():
        listed = sector_weight(mix, level, some[0].sector) if key else None
        total = listed[1] if listed else mix["volume"]["other_sectors"] * len(some)
        parts = [less**place if listed else 1.0 for place in range(len(some))]
        weighed += [
            replace(offer, weight=total * part / sum(parts))
            for offer, part in zip(some, parts, strict=True)
        ]
    whole = sum(offer.weight for offer in weighed if offer.term)
    rest = sum(offer.weight for offer in weighed if not offer.term)
    share = mix["receipt"]["without_term"]
    scale = {True: (1 - share) / (whole or 1.0), False: share / (rest or 1.0)}
    return (
        [replace(o, weight=o.weight * scale[o.term is not None]) for o in weighed] if whole else []
    )


def _shuffled(code: str) -> int:
    """A number that a procedure keeps in every run, to stand for what the data lack."""
    return int.from_bytes(sha256(code.encode()).digest()[:4])


def _online_level(mix: Mix, code: str) -> str:
    return "full" if _shuffled(code) % 1000 < mix["channels"]["full_online"] * 1000 else "partial"


def _fee(mix: Mix, code: str) -> int:
    number = _shuffled(code + ":fee")
    return FEES[number % len(FEES)] if number % 1000 < mix["receipt"]["with_fee"] * 1000 else 0
