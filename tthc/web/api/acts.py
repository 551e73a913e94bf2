"""What programs ask to be done with a case: one shape for each act, told apart by `type`."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.service import applicants, corrections, letters, progress, steps, submissions, transfers
from tthc.service.acts import Asked, Document
from tthc.service.corrections import Correction

Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Instant = Annotated[datetime, Meta(tz=True, description="ISO 8601, có múi giờ")]
Channel = Literal["counter", "online", "post"]
Outcome = Literal["granted", "refused"]
OnlineLevel = Literal["full", "partial", "level_3", "level_4"]
Dong = Annotated[int, Meta(ge=0, lt=1_000_000_000_000)]


class Act(Struct, tag_field="type", forbid_unknown_fields=True, kw_only=True):
    """`occurred_at`: when it happened; now, unless told."""

    occurred_at: Instant | None = None


class Accept(Act, tag="accept"):
    pass


class Decline(Act, tag="decline"):
    """`notice`: the number of form 03 where the unit numbers elsewhere; else it is the next of the
    unit's book. So of forms 02 and 05.
    """

    reason: Text
    notice: Name | None = None


class Start(Act, tag="start"):
    officer: Name | None = None


class Step(Act, tag="step"):
    """The next step of the internal workflow, or the one at `position`."""

    position: Annotated[int, Meta(ge=1, le=200)] | None = None
    workflow: Annotated[int, Meta(ge=1, le=2_000_000_000)] | None = None
    officer: Name | None = None


class Suspend(Act, tag="suspend"):
    """A supplement is asked for; `grounds` where the regime lets it be asked again."""

    content: Text
    grounds: Text | None = None
    notice: Name | None = None


class Charge(Act, tag="charge"):
    content: Text
    grounds: Text


class Resume(Act, tag="resume"):
    pass


class Extend(Act, tag="extend"):
    letter_number: Name | None = None


class Transfer(Act, tag="transfer"):
    unit: Name | None = None
    officer: Name | None = None
    note: Text | None = None


class TakeOver(Act, tag="take_over"):
    """The receiver signs for what was passed on."""

    officer: Name | None = None
    note: Text | None = None


class PayFee(Act, tag="pay"):
    amount: Dong
    channel: Name | None = None


class Resolve(Act, tag="resolve"):
    outcome: Outcome
    e_result: Literal["yes", "no", "unknown"] | None = None
    cause: Name | None = None
    reason: Text | None = None
    notice: Name | None = None


class Return(Act, tag="return"):
    channel: Name | None = None


class Withdraw(Act, tag="withdraw"):
    reason: Text | None = None


class Stop(Act, tag="stop"):
    reason: Text
    notice: Name | None = None


class Close(Act, tag="close"):
    notice: Name | None = None


class Note(Act, tag="note"):
    text: Text


class Explain(Act, tag="explain"):
    unit: Name
    text: Text


class Erase(Act, tag="erase"):
    """The person is erased from a case that is over; `grounds` cite why, and name nobody."""

    grounds: Text


class Mended(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the act really said; what is left out stays."""

    channel: Channel | UnsetType = UNSET
    case_kind: Name | UnsetType | None = UNSET
    procedure_code: Name | UnsetType = UNSET
    out_of_territory: bool | UnsetType | None = UNSET
    online_level: OnlineLevel | UnsetType | None = UNSET
    officer: Name | UnsetType | None = UNSET
    parent_case_code: Name | UnsetType | None = UNSET
    letter_number: Name | UnsetType = UNSET
    cause: Name | UnsetType | None = UNSET
    fee_amount: Dong | UnsetType = UNSET
    fee_channel: Name | UnsetType | None = UNSET
    outcome: Outcome | UnsetType = UNSET
    e_result: Literal["yes", "no", "unknown"] | UnsetType = UNSET
    return_channel: Name | UnsetType | None = UNSET


class Correct(Act, tag="correct"):
    """`seq`: the act to put right (the last, unless told); `effective_at`: when it really was."""

    reason: Text
    approver: Name
    seq: Annotated[int, Meta(ge=1, le=2_000_000_000)] | None = None
    effective_at: Instant | None = None
    values: Mended = msgspec.field(default_factory=Mended)


AnyAct = (
    Accept
    | Decline
    | Start
    | Step
    | Suspend
    | Charge
    | Resume
    | Extend
    | Transfer
    | TakeOver
    | PayFee
    | Resolve
    | Return
    | Withdraw
    | Stop
    | Close
    | Note
    | Explain
    | Erase
    | Correct
)


class Draft(Struct, forbid_unknown_fields=True, kw_only=True):
    """An apology: its reason, its coded cause and the new date."""

    reason: Text
    cause: Name
    new_due: Annotated[str, Meta(description="Ngày (2026-03-16) hoặc thời điểm có múi giờ")]
    drafted_at: Instant | None = None


class Approval(Struct, forbid_unknown_fields=True, kw_only=True):
    """A leader's agreement to a draft; a program says whose."""

    approver: Name | None = None
    approved_at: Instant | None = None


class Issue(Struct, forbid_unknown_fields=True, kw_only=True):
    """Without a number the unit's next one; without a signer whoever approved the draft."""

    number: Name | None = None
    signer: Name | None = None
    issued_at: Instant | None = None


class Sending(Struct, forbid_unknown_fields=True, kw_only=True):
    channel: Name
    sent_at: Instant | None = None


async def do(
    connection: AsyncConnection, actor: Actor, code: str, act: AnyAct, asked: Asked
) -> Document:
    """Do an act on a case; returns the case."""
    document: Document = await DOING[type(act)]((connection, actor, code), act, asked)
    return document


def correction_of(act: Correct) -> Correction:
    values: dict[str, Any] = {
        name: value
        for name in Mended.__struct_fields__
        if (value := getattr(act.values, name)) is not UNSET
    }
    if "fee_amount" in values:
        values["fee_amount"] = Decimal(values["fee_amount"])
    return Correction(act.reason, act.approver, act.seq, act.effective_at, values)


# shape → the function of the service that does it
DOING: dict[type[Any], Callable[[tuple[AsyncConnection, Actor, str], Any, Asked], Any]] = {
    Accept: lambda to, _, asked: submissions.accept_case(*to, asked),
    Decline: lambda to, act, asked: submissions.decline_case(
        *to, asked, reason=act.reason, notice=act.notice
    ),
    Start: lambda to, act, asked: progress.start_case(*to, asked, officer=act.officer),
    Step: lambda to, act, asked: steps.begin_step(
        *to, asked, position=act.position, workflow=act.workflow, officer=act.officer
    ),
    Suspend: lambda to, act, asked: progress.ask_for_supplement(
        *to, asked, content=act.content, grounds=act.grounds, notice=act.notice
    ),
    Charge: lambda to, act, asked: progress.charge_case(
        *to, asked, content=act.content, grounds=act.grounds
    ),
    Resume: lambda to, _, asked: progress.resume_case(*to, asked),
    Extend: lambda to, act, asked: letters.extend_case(*to, asked, letter_number=act.letter_number),
    Transfer: lambda to, act, asked: transfers.transfer_case(
        *to, transfers.To(act.unit, act.officer), asked, note=act.note
    ),
    TakeOver: lambda to, act, asked: transfers.take_over_case(
        *to, asked, officer=act.officer, note=act.note
    ),
    PayFee: lambda to, act, asked: progress.pay_fee(
        *to, asked, amount=Decimal(act.amount), channel=act.channel
    ),
    Resolve: lambda to, act, asked: progress.resolve_case(
        *to,
        asked,
        outcome=act.outcome,
        e_result=act.e_result,
        cause=act.cause,
        reason=act.reason,
        notice=act.notice,
    ),
    Return: lambda to, act, asked: progress.return_result(*to, asked, channel=act.channel),
    Withdraw: lambda to, act, asked: progress.withdraw_case(*to, asked, reason=act.reason),
    Stop: lambda to, act, asked: progress.stop_case(
        *to, asked, reason=act.reason, notice=act.notice
    ),
    Close: lambda to, act, asked: progress.close_case(*to, asked, notice=act.notice),
    Note: lambda to, act, asked: corrections.note_on_case(*to, asked, text=act.text),
    Explain: lambda to, act, asked: corrections.explain_case(
        *to, asked, unit=act.unit, text=act.text
    ),
    Erase: lambda to, act, asked: applicants.erase_applicant(*to, asked, grounds=act.grounds),
    Correct: lambda to, act, asked: corrections.correct_case(*to, correction_of(act), asked),
}
