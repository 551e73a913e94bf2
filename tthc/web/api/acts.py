"""What programs ask to be done with a case: one shape for each act, told apart by `type`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.service import corrections, letters, progress, receipts
from tthc.service.acts import Asked, Document
from tthc.service.corrections import Correction

Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Instant = Annotated[datetime, Meta(tz=True, description="ISO 8601, có múi giờ")]
Channel = Literal["counter", "online", "post"]
Outcome = Literal["granted", "refused"]
OnlineLevel = Literal["full", "partial", "level_3", "level_4"]
Amount = Annotated[Decimal, Meta(ge=0, lt=1_000_000_000_000)]


class Act(Struct, tag_field="type", forbid_unknown_fields=True, kw_only=True):
    """`occurred_at`: when it happened; now, unless told."""

    occurred_at: Instant | None = None


class Accept(Act, tag="accept"):
    pass


class Decline(Act, tag="decline"):
    reason: Text


class Start(Act, tag="start"):
    officer: Name | None = None


class Suspend(Act, tag="suspend"):
    """A supplement is asked for; `grounds` where the regime lets it be asked again."""

    content: Text
    grounds: Text | None = None


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


class PayFee(Act, tag="pay"):
    amount: Amount
    channel: Name | None = None


class Resolve(Act, tag="resolve"):
    outcome: Outcome
    e_result: Literal["yes", "no", "unknown"] | None = None
    cause: Name | None = None
    reason: Text | None = None


class Return(Act, tag="return"):
    channel: Name | None = None


class Withdraw(Act, tag="withdraw"):
    reason: Text | None = None


class Stop(Act, tag="stop"):
    reason: Text


class Close(Act, tag="close"):
    notice: Text


class Note(Act, tag="note"):
    text: Text


class Explain(Act, tag="explain"):
    unit: Name
    text: Text


class Mended(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the act really said; what is left out stays."""

    channel: Channel | UnsetType = UNSET
    case_kind: Name | None | UnsetType = UNSET
    procedure_code: Name | UnsetType = UNSET
    out_of_territory: bool | None | UnsetType = UNSET
    online_level: OnlineLevel | None | UnsetType = UNSET
    officer: Name | None | UnsetType = UNSET
    parent_case_code: Name | None | UnsetType = UNSET
    letter_number: Name | UnsetType = UNSET
    cause: Name | None | UnsetType = UNSET
    fee_amount: Amount | UnsetType = UNSET
    fee_channel: Name | None | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    e_result: Literal["yes", "no", "unknown"] | UnsetType = UNSET
    return_channel: Name | None | UnsetType = UNSET


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
    | Suspend
    | Charge
    | Resume
    | Extend
    | Transfer
    | PayFee
    | Resolve
    | Return
    | Withdraw
    | Stop
    | Close
    | Note
    | Explain
    | Correct
)
TYPES = tuple(str(one.__struct_config__.tag) for one in get_args(AnyAct))


class Draft(Struct, forbid_unknown_fields=True, kw_only=True):
    """An apology: its reason, its coded cause and the new date."""

    reason: Text
    cause: Name
    new_due: Instant | date
    drafted_at: Instant | None = None


class Issue(Struct, forbid_unknown_fields=True, kw_only=True):
    number: Name
    signer: Name
    issued_at: Instant | None = None


class Sending(Struct, forbid_unknown_fields=True, kw_only=True):
    channel: Name
    sent_at: Instant | None = None


async def do(
    connection: AsyncConnection, actor: Actor, code: str, act: AnyAct, asked: Asked
) -> Document:
    """Do an act on a case; returns the case."""
    to = (connection, actor, code)
    match act:
        case Accept():
            return await receipts.accept_case(*to, asked)
        case Decline():
            return await receipts.decline_case(*to, asked, reason=act.reason)
        case Start():
            return await progress.start_case(*to, asked, officer=act.officer)
        case Suspend():
            return await progress.ask_for_supplement(
                *to, asked, content=act.content, grounds=act.grounds
            )
        case Charge():
            return await progress.charge_case(
                *to, asked, content=act.content, grounds=act.grounds
            )
        case Resume():
            return await progress.resume_case(*to, asked)
        case Extend():
            return await letters.extend_case(*to, asked, letter_number=act.letter_number)
        case Transfer():
            there = progress.To(act.unit, act.officer)
            return await progress.transfer_case(*to, there, asked, note=act.note)
        case PayFee():
            return await progress.pay_fee(*to, asked, amount=act.amount, channel=act.channel)
        case _:
            return await _end(connection, actor, code, act, asked)


async def _end(
    connection: AsyncConnection, actor: Actor, code: str, act: AnyAct, asked: Asked
) -> Document:
    to = (connection, actor, code)
    match act:
        case Resolve():
            return await progress.resolve_case(
                *to,
                asked,
                outcome=act.outcome,
                e_result=act.e_result,
                cause=act.cause,
                reason=act.reason,
            )
        case Return():
            return await progress.return_result(*to, asked, channel=act.channel)
        case Withdraw():
            return await progress.withdraw_case(*to, asked, reason=act.reason)
        case Stop():
            return await progress.stop_case(*to, asked, reason=act.reason)
        case Close():
            return await progress.close_case(*to, asked, notice=act.notice)
        case Note():
            return await corrections.note_on_case(*to, asked, text=act.text)
        case Explain():
            return await corrections.explain_case(*to, asked, unit=act.unit, text=act.text)
        case Correct():
            return await corrections.correct_case(*to, correction_of(act), asked)
        case _:
            raise AssertionError(act)


def correction_of(act: Correct) -> Correction:
    values: dict[str, Any] = {
        name: value
        for name in Mended.__struct_fields__
        if (value := getattr(act.values, name)) is not UNSET
    }
    return Correction(act.reason, act.approver, act.seq, act.effective_at, values)
