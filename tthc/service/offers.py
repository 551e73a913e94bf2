"""Finding the procedure that a citizen applies for, as a clerk types, and what it would promise."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.filing import Counter, read_counter
from tthc.db.json_values import checked
from tthc.db.queries.offers import (
    Kind,
    Offer,
    Shop,
    list_kinds,
    list_offers,
    read_papers,
    read_shop,
    recent_codes,
)
from tthc.domain.access import Actor, Permission, check
from tthc.domain.errors import ForbiddenError, NotFoundError
from tthc.domain.folding import fold, holds_words
from tthc.domain.lifecycle import check_instant
from tthc.domain.papers import usual_papers
from tthc.service.acts import Asked, Document
from tthc.service.clock import explain_promise
from tthc.service.filing import Form
from tthc.service.pins import pins_at

FOUND = 12  # procedures shown at once
LAST = 8  # of those received last


@dataclass(frozen=True, slots=True)
class Offered:
    """A procedure chosen, with the case kinds to choose between."""

    offer: Offer
    kinds: list[Kind]


async def shop_of(connection: AsyncConnection, actor: Actor) -> Shop:
    """The shop at which a person works today. Raises ForbiddenError where they have none."""
    if actor.unit_id is None:
        raise ForbiddenError(
            "Tài khoản này không thuộc đơn vị nào nên không tiếp nhận được hồ sơ: hãy nhờ quản trị."
        )
    return await read_shop(connection, actor.unit_id, clock.local_date(clock.now()))


async def find_offers(
    connection: AsyncConnection, actor: Actor, shop: Shop, asked: str
) -> list[Offer]:
    """Procedures by code or words, without accents; those most received here first, then those
    that have the words side by side.
    """
    offers = await list_offers(connection, shop, clock.local_date(clock.now()))
    times = await recent_codes(actor, connection)
    found = [one for one in offers if holds_words(f"{one.code} {one.name}", asked)]
    phrase = " ".join(fold(asked).split())

    def place(one: Offer) -> tuple[bool, int, bool]:
        return one.code != asked.strip(), -times.get(one.code, 0), phrase not in fold(one.name)

    return sorted(found, key=place)[:FOUND]


async def last_offers(connection: AsyncConnection, actor: Actor, shop: Shop) -> list[Offer]:
    """The procedures that the shop received last, each once."""
    offers = await list_offers(connection, shop, clock.local_date(clock.now()))
    by_code = {one.code: one for one in offers}
    recent = await recent_codes(actor, connection)
    return [by_code[code] for code in recent if code in by_code][:LAST]


async def choose_offer(
    connection: AsyncConnection, shop: Shop, code: str, on: date | None = None
) -> Offered:
    """A procedure by its code. Raises NotFoundError where the shop does not offer it then."""
    day = on or clock.local_date(clock.now())
    wanted = checked(code.strip())
    for one in await list_offers(connection, shop, day):
        if one.code == wanted:
            return Offered(one, await list_kinds(connection, one.code, day))
    raise NotFoundError(
        f"Nơi này không nhận thủ tục “{wanted[:100]}” vào ngày {day:%d/%m/%Y}: thủ tục thuộc cấp "
        "khác, chưa có hoặc đã hết hiệu lực. Hãy tìm thủ tục khác."
    )


async def offer_papers(
    connection: AsyncConnection, actor: Actor, shop: Shop, code: str
) -> list[str]:
    """The papers to tick: those that several files of this procedure came with here (ADR 131)."""
    return usual_papers(await read_papers(actor, connection, shop, checked(code.strip())))


async def preview_promise(
    connection: AsyncConnection, actor: Actor, form: Form, asked: Asked
) -> Document:
    """What a receipt would promise and why, by the engine that decides it. Writes nothing."""
    on = asked.occasion(actor)
    check_instant(on)
    today = clock.local_date(on.at)
    counter = await read_counter(
        actor,
        connection,
        receiving_unit=form.receiving_unit,
        competent_unit=form.competent_unit,
        procedure_code=form.procedure_code,
        on=today,
        key=None,
        number=False,
    )
    assert isinstance(counter, Counter)  # without a key there is no answer that was kept
    relation = actor.relation(counter.receiving.id, counter.competent.id)
    check(actor, Permission.RECEIVE, relation)
    pinned, problem = pins_at(counter, today, channel=form.channel, case_kind=form.case_kind)
    return explain_promise(pinned, on.at) | {"problem": problem}
