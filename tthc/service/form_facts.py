"""What the contents of a case's forms are made from, and how a form says what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tthc.db.history import Dossier
from tthc.db.printing import Authority
from tthc.domain.apology import Letter
from tthc.domain.case import Recorded
from tthc.domain.letterhead import hour_and_date
from tthc.service.form_heads import Heading

FILER, HELPER = "Người nộp hồ sơ", "Người hướng dẫn"
HEAD = "Thủ trưởng cơ quan, đơn vị"
NO_DUE_DATE = "chưa có ngày hẹn trả, vì thủ tục không có thời hạn được công bố rõ"
BLANK = "………………"  # to be written by hand


@dataclass(frozen=True, slots=True)
class Facts:
    """A case, the units of its history, the letter to print, what its kind is called, the
    names of the people who act under a login, and what the slip prints to look the case up by.
    """

    dossier: Dossier
    units: Mapping[int, Authority]
    letter: Letter | None
    kind: str | None
    names: Mapping[str, str]
    now: datetime
    slip_pin: str | None = None

    @property
    def shop(self) -> Authority:
        return self.units[self.dossier.case.receiving_unit_id]

    @property
    def competent(self) -> Authority:
        return self.units[self.dossier.case.competent_unit_id]

    @property
    def content(self) -> str:
        """What is applied for: the procedure, its code and the kind of the case."""
        about = self.dossier.about
        named = f"{about.procedure_name} (mã TTHC {about.procedure_code})"
        return f"{named}; {self.kind}" if self.kind else named

    def doer(self, act: Recorded) -> str | None:
        """Who did an act; nobody of ours where it was imported."""
        (written,) = (one for one in self.dossier.events if one.seq == act.seq)
        return None if written.imported else self.names.get(written.actor, written.actor)


@dataclass(frozen=True, slots=True)
class Said:
    """A form's heading and its own part of the document."""

    heading: Heading
    document: dict[str, Any] = field(default_factory=dict)
    draft: bool = False


def desk_of(shop: Authority) -> str:
    """The desk to which people turn."""
    return shop.name if shop.is_shop else f"Bộ phận Một cửa, {shop.name}"


def at_place(place: str, person: str | None) -> str:
    """A place and who is there, if anybody is named."""
    return f"{place}: {person}" if person else place


def instant_row(label: str, at: datetime) -> dict[str, str]:
    """A line of a slip: a label and when."""
    return {"label": label, "value": hour_and_date(at)}
