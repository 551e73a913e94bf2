"""Hồ sơ: one case, and the acts that the person who looks may do on it now."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import ConflictError, InputError, TthcError
from tthc.rules.forms import form, order_doubted_of
from tthc.service.acts import Asked, Document
from tthc.service.applicants import read_applicant
from tthc.service.case_page import CasePage, read_case_page
from tthc.service.transfers import VERDICTS
from tthc.web.access import Visitor, may_do
from tthc.web.desk import case_acts, letter_acts, record_acts
from tthc.web.desk.act_forms import ME, ActForm, Field, Target, tick
from tthc.web.desk.fields import FORM_SIZE, LONGEST, LONGEST_TEXT, Wrong, read_past
from tthc.web.desk.render import go, reply

MAX_NUMBER = 2**62
FORMS = case_acts.ACTS | letter_acts.ACTS | record_acts.ACTS
Typed = dict[str, str]


class _UndoneError(Exception):
    """An act that was only to be looked at is rolled back, with every savepoint of its own."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document


@get("/ho-so", guards=[may_do(Permission.READ_CASES)], include_in_schema=False)
async def find_case(ma: FromQuery[str] = "") -> Response[Any]:
    """The page of a code that was typed or scanned."""
    code = ma.strip()
    return go(f"/ho-so/{code}" if code else "/ban-lam-viec")


@get("/ho-so/{code:str}", guards=[may_do(Permission.READ_CASES)], include_in_schema=False)
async def case_page(
    ledger: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    code: FromPath[str],
    viec: FromQuery[str] = "",
) -> Response[Any]:
    """The case; `viec` opens the form of an act."""
    page = await read_case_page(ledger, actor, code)
    return _page(visitor, page, {"act": viec}, Wrong())


@post(
    "/ho-so/{code:str}",
    guards=[may_do(Permission.NOTE)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def act_on_page(
    writing: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    code: FromPath[str],
    data: URLEncodedBody[Typed],
) -> Response[Any]:
    """Do an act and show the case after it; or show what the act would change; or refuse it."""
    wrong = Wrong()
    before = await read_case_page(writing, actor, code)
    if data.get("do") == "person":
        person = await read_applicant(writing, actor, code)
        return _page(visitor, before, {}, wrong, in_full=person)
    asked = _asked(data, wrong)
    effect = None
    if not wrong:
        try:
            after = await _perform(writing, actor, code, data, asked, before)
        except TthcError as refusal:
            wrong.refuse(refusal)
        else:
            if data.get("do") != "preview":
                return go(f"/ho-so/{code}")
            effect = _effect(before.case, after)
    if isinstance(wrong.form, str):
        before = await read_case_page(writing, actor, code)
    return _page(visitor, before, data, wrong, effect=effect)


def _asked(data: Typed, wrong: Wrong) -> Asked:
    """When it happened, which version was seen, which sending this is."""
    at = None
    try:
        at = read_past(data.get("at", ""))
    except InputError as refusal:
        wrong.refuse(refusal, "at")
    for name, value in data.items():
        if len(value) > LONGEST_TEXT:
            wrong.say(name, f"Dài {len(value)} ký tự, nhiều nhất là {LONGEST_TEXT}: hãy viết gọn.")
    version = _number(data.get("version", ""))
    return Asked(at, version or None, data.get("once", "")[:LONGEST] or None)


async def _perform(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    data: Typed,
    asked: Asked,
    page: CasePage,
) -> Document:
    """Do the act, or do it and undo it again to see what it changes."""
    act = FORMS.get(Permission(data["act"])) if data.get("act") in FORMS else None
    if act is None:
        raise InputError("Trang này không có việc đó: hãy mở lại hồ sơ.")
    letter_id = _number(data.get("letter", ""))
    if letter_id and letter_id not in (one["id"] for one in page.letters):
        raise ConflictError("Văn bản này không phải của hồ sơ: hãy mở lại hồ sơ.")
    target = Target(connection, actor, code, letter_id)
    try:
        async with connection.begin_nested():
            document = await act.do(target, asked, data)
            if data.get("do") == "preview":
                raise _UndoneError(document)  # noqa: TRY301  # to leave the savepoint by its rollback
    except _UndoneError as undone:
        return undone.document
    return document


def _effect(before: Document, after: Document) -> Document:
    """What an act would change of what a case promises; a letter's draft changes nothing yet."""
    now = before | after
    told = {
        "state": now["state_name"],
        "before": before["due_at"],
        "after": now["due_at"],
        "suspended": bool(now["suspended_at"]),
        "new_due": after.get("new_due_at"),
        "with_whom": None,
        "verdict": None,
    }
    with_whom = [now["competent_unit_name"], now["officer"] or "chưa có người xử lý"]
    if with_whom[0] != before["competent_unit_name"] or now["officer"] != before["officer"]:
        told["with_whom"] = " · ".join(with_whom)
    if now["verdict"] != before["verdict"]:
        told["verdict"] = VERDICTS.get(now["verdict"], "không còn kết luận")
    return told


def _held(field: Field, typed: Typed, person: str) -> str:
    """What a field holds when it is shown: what was typed, else what it begins with."""
    return typed.get(field.name, person if field.default == ME else field.default)


def _is_unfolded(act: ActForm, typed: Typed, wrong: Wrong) -> bool:
    """Whether something was said, or is to be mended, in a field that is out of sight."""
    folded = {one.name for one in act.fields if one.folded}
    told = [*(name for name, value in typed.items() if value), *wrong.fields]
    return bool(wrong.form) or any(name.partition("-")[0] in folded for name in told)


def _number(text: str) -> int:
    """A whole number that was on the page; 0 where none is."""
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_NUMBER))
    return int(text) if fits and int(text) <= MAX_NUMBER else 0


def _page(
    visitor: Visitor,
    page: CasePage,
    typed: Typed,
    wrong: Wrong,
    *,
    effect: Document | None = None,
    in_full: Document | None = None,
) -> Response[str]:
    return reply(
        "case.html",
        wrong,
        visitor=visitor,
        page=page,
        case=page.case,
        simulated=page.case["world"] == "simulated",
        typed=typed,
        effect=effect,
        in_full=in_full,
        act_forms={act.value: FORMS[act] for act in page.acts},
        held=_held,
        is_unfolded=_is_unfolded,
        tick=tick,
        form_names={each: form(each).title for each in page.forms},
        forms_doubted=order_doubted_of(),
        once=wrong.new_key(typed.get("once", "")),
    )
