"""The short form of an act on a case: its button, its fields, how it is done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.domain.errors import InputError
from tthc.rules.causes import causes
from tthc.rules.forms import number_doubt
from tthc.service.acts import Asked, Document
from tthc.service.case_page import CasePage
from tthc.web.desk.fields import read_moment

OUTCOMES = {"granted": "Đồng ý", "refused": "Từ chối giải quyết (mẫu số 03)"}
CHANNELS = {"counter": "Trực tiếp", "post": "Bưu chính công ích", "online": "Trực tuyến"}
ME = "me"  # a field that holds the name of whoever acts until they say otherwise

Said = Mapping[str, str]
Options = Callable[[CasePage], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be said; `kind`: text, area, date, datetime-local, select with its options
    (`chosen`: the first is, until another is), ticks (each option said by `tick`), or text with
    options to find it by; `folded`: out of sight until it is needed.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str | None = None
    options: Options | None = None
    chosen: bool = False
    folded: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The case, who acts, and on which letter."""

    connection: AsyncConnection
    actor: Actor
    code: str
    letter_id: int

    @property
    def case(self) -> tuple[AsyncConnection, Actor, str]:
        return self.connection, self.actor, self.code

    @property
    def letter(self) -> tuple[AsyncConnection, Actor, int]:
        return self.connection, self.actor, self.letter_id


Do = Callable[[Target, Asked, Said], Awaitable[Document]]


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act as it is offered; `now`: it happens when it is recorded; `fold`: what its folded
    fields are called together.
    """

    label: str
    do: Do
    fields: tuple[Field, ...] = ()
    now: bool = False
    fold: str = ""


def tick(name: str, option: str) -> str:
    """The name under which an option of a field is ticked."""
    return f"{name}-{option}"


def or_none(said: Said, name: str) -> str | None:
    """What was said, if anything was."""
    return said.get(name, "").strip() or None


def outcomes(_: CasePage) -> Mapping[str, str]:
    """What a result may be."""
    return OUTCOMES


def channels(_: CasePage) -> Mapping[str, str]:
    """How things reach a citizen, or come from one."""
    return CHANNELS


def destinations(page: CasePage) -> Mapping[str, str]:
    """The units that the case may be moved to."""
    return dict.fromkeys(page.destinations, "")


def every_cause(_: CasePage) -> Mapping[str, str]:
    """The coded causes of lateness."""
    return causes()


def workflows(page: CasePage) -> Mapping[str, str]:
    """The workflows to choose from, where a procedure has several and the case follows none."""
    choices = page.steps["choices"]
    if len(choices) < 2:  # noqa: PLR2004  # nothing to choose
        return {}
    return {str(one["workflow"]): f"{one['name']} ({one['decision']})" for one in choices}


def next_steps(page: CasePage) -> Mapping[str, str]:
    """The steps that a case may enter, the one after that in hand first."""
    choices = page.steps["choices"]
    every = page.steps["steps"] or (choices[0]["steps"] if choices else [])
    if len(choices) > 1:
        return {"1": "1. bước đầu tiên của quy trình đã chọn"}
    at = page.steps["position"] or 0
    order = sorted(every, key=lambda step: (step["position"] <= at, step["position"]))
    return {
        str(step["position"]): f"{step['position']}. {step['name']}"
        for step in order
        if step["position"] != at
    }


def number_of(form: str, label: str, *, folded: bool = False) -> Field:
    """The number of a form, for a unit that numbers elsewhere; what is not confirmed of it."""
    hint = "Để trống thì lấy số tiếp theo trong sổ của đơn vị; đánh số nơi khác thì ghi số ấy."
    doubt = number_doubt(form)
    hint += f" Lưu ý: {doubt}." if doubt else ""
    return Field("number" if form == "04" else "notice", label, hint=hint, folded=folded)


def number_fold(form: str, label: str) -> str:
    """What such a number is called while it is folded."""
    doubt = number_doubt(form)
    return f"{label}: tự ghi{f' ({doubt})' if doubt else ''}"


def read_count(text: str) -> int | None:
    """A number counted from 1; None where nothing is said. Raises InputError."""
    said = text.strip()
    if not said:
        return None
    if said.isascii() and said.isdecimal() and int(said[:9]) > 0:
        return int(said[:9])
    raise InputError("Bước và quy trình ghi bằng số, ví dụ 2: hãy chọn lại trong danh sách.")


def read_due(text: str) -> date | datetime:
    """A new date. Raises InputError, which says how to write it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        found = read_moment(text)
    if found is None:
        raise InputError("Chưa có ngày hẹn mới: hãy chọn ngày.")
    return found


def read_money(text: str) -> Decimal:
    """A sum in đồng; points and blanks between thousands are skipped. Raises InputError."""
    try:
        return Decimal(text.replace(".", "").replace(" ", "").strip())
    except InvalidOperation:
        raise InputError("Số tiền phải là số, tính bằng đồng, ví dụ 50.000.") from None
