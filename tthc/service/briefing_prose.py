"""The sentences of a briefing: runs of text, and numbers with the note that says what they are."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tthc.domain.figure import percent
from tthc.rules.definitions import definition
from tthc.rules.predicates import Predicate
from tthc.rules.sources import source
from tthc.service import words
from tthc.service.words import number

RESOLVED, BURDEN = "on_time/resolved", "on_time/burden"
OVERDUE, WITHOUT = "overdue_at_end", "without_letter_in"
COUNTED = (
    *("received_in", "online_received_in", "carried_over", "resolved_in", "resolved_early_in"),
    *("resolved_on_time_in", "resolved_late_in", "open_at_end", OVERDUE, WITHOUT),
    *("second_miss_in", "inherited_in"),
    *(f"{part}:{of}" for of in (RESOLVED, BURDEN) for part in ("counted", "population")),
)
DIGITS = 12  # of a digest, enough to tell figures apart by eye
Counts = Mapping[str, int]


@dataclass(slots=True)
class Prose:
    """Paragraphs of runs of text; a number is a run with a note, each condition has one note."""

    about: dict[str, Any]
    conditions: Mapping[str, Predicate]
    paragraphs: list[list[dict[str, Any]]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def open(self) -> None:
        """Begin a paragraph."""
        self.paragraphs.append([])

    def say(self, text: str) -> None:
        """Words without a number of the ledger."""
        self.paragraphs[-1].append({"text": text, "note": None})

    def count(self, name: str, count: int, words: str | None = None) -> None:
        """A count, or the words that hold it, with the note of its condition."""
        found = next((each for each in self.notes if each["where"] == name), None)
        if found is None:
            found = self._note(name, count)
            self.notes.append(found)
        self.paragraphs[-1].append({"text": words or number(count), "note": found["number"]})

    def _note(self, name: str, count: int) -> dict[str, Any]:
        condition = self.conditions[name]
        sealed = {**self.about, "where": name, "text": condition.text, "count": count}
        of = name.partition(":")[2]
        if of:
            asked = definition(of)
            meaning = f"{asked.code or ''} {asked.title} = {asked.formula}; bản {asked.version}"
            meaning = f"{meaning.strip()}; {source(asked.source).title}"
        else:
            meaning = condition.label
        return {
            "number": len(self.notes) + 1,
            "where": name,
            "count": count,
            "meaning": meaning,
            "digest": digest(sealed)[:DIGITS],
            "cases_url": "/api/v1/cases?" + urlencode({"where": name, **self.about}),
        }


def digest(document: Mapping[str, Any]) -> str:
    """The SHA-256 of what was counted, when and how."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def describe(prose: Prose, period: str, now: Counts, earlier: Counts | None) -> None:
    """What came in, what was finished, what is open."""

    def tell(name: str) -> None:
        prose.count(name, now[name])

    prose.open()
    prose.say(f"{period}: tiếp nhận ")
    tell("received_in")
    prose.say(" hồ sơ, trong đó nộp trực tuyến ")
    tell("online_received_in")
    prose.say(f"{_share(now['online_received_in'], now['received_in'])}; kỳ trước chuyển sang ")
    tell("carried_over")
    prose.say(" hồ sơ.")
    prose.open()
    prose.say("Đã giải quyết ")
    tell("resolved_in")
    prose.say(" hồ sơ: trước hạn ")
    tell("resolved_early_in")
    prose.say(", đúng hạn ")
    tell("resolved_on_time_in")
    prose.say(", quá hạn ")
    tell("resolved_late_in")
    prose.say(". Tỷ lệ trước và đúng hạn trên số đã giải quyết ")
    _rate(prose, RESOLVED, now, earlier)
    prose.say("; tính cả hồ sơ đang quá hạn, tỷ lệ không quá hạn trên số phải giải quyết ")
    _rate(prose, BURDEN, now, earlier)
    prose.say(".")
    prose.open()
    prose.say("Đang giải quyết ")
    tell("open_at_end")
    prose.say(" hồ sơ, trong đó quá hạn ")
    tell(OVERDUE)
    prose.say(". Hồ sơ quá hạn (đã và đang giải quyết) chưa có văn bản xin lỗi: ")
    tell(WITHOUT)
    prose.say("; quá cả ngày hẹn lại: ")
    tell("second_miss_in")
    prose.say("; quá hạn nhận từ đơn vị tiền thân: ")
    tell("inherited_in")
    prose.say(".")


def name_worst(prose: Prose, now: Counts, units: Sequence[tuple[str, int]]) -> None:
    """Where the overdue cases are."""
    prose.open()
    if not units:
        prose.say("Không đơn vị nào có hồ sơ đang quá hạn.")
        return
    prose.say("Nhiều hồ sơ đang quá hạn nhất: ")
    for place, (name, count) in enumerate(units):
        prose.say(f"{'; ' if place else ''}{name} ")
        prose.count(OVERDUE, now[OVERDUE], number(count))
    prose.say(".")


def propose(prose: Prose, now: Counts) -> None:
    """What there is to do: it follows from the counts alone, and blames nobody."""
    prose.open()
    prose.say("Đề nghị: ")
    wanted = []
    if now[OVERDUE]:
        wanted.append("các đơn vị tập trung giải quyết hồ sơ đang quá hạn, báo rõ nguyên nhân")
    if now[WITHOUT]:
        wanted.append("ban hành văn bản xin lỗi, hẹn lại ngày trả kết quả cho hồ sơ còn thiếu")
    if now["second_miss_in"]:
        wanted.append("lãnh đạo trực tiếp xem xét các hồ sơ lỡ hẹn lần hai")
    prose.say("; ".join(wanted or ["tiếp tục duy trì việc giải quyết đúng hạn"]) + ".")


def _rate(prose: Prose, of: str, now: Counts, earlier: Counts | None) -> None:
    counted, population = f"counted:{of}", f"population:{of}"
    words_now = _percent(now[counted], now[population])
    prose.count(counted, now[counted], words_now)
    if earlier and earlier[population]:
        prose.say(f" (kỳ trước {_percent(earlier[counted], earlier[population])})")


def _percent(part: int, whole: int) -> str:
    ratio = percent(part, whole)
    if ratio is None:
        return "không có số liệu"
    return f"{words.percent(str(ratio))} · {number(part)}/{number(whole)}"


def _share(part: int, whole: int) -> str:
    ratio = percent(part, whole)
    return "" if ratio is None else f" ({words.percent(str(ratio))})"
