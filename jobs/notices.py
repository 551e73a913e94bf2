"""The night's notices: for each unit that gave an address, what its morning should begin with.

Written in the night's transaction, once per unit, day and address; sent afterwards (`jobs.post`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.access import Scope
from tthc.reports.notice import NoticeCase, write_notice
from tthc.rules.predicates import Cut, predicate

SECTIONS = {
    "due": "due_tomorrow",
    "overdue": "overdue",
    "letters": "letter_due_tomorrow",
    "with_letter": "with_letter",
}
RECIPIENTS = """
SELECT a.unit_id, u.name, a.address, find_units(a.unit_id, TRUE, $1) AS handled
FROM notice_addresses a JOIN units u ON u.id = a.unit_id
WHERE a.ended_at IS NULL AND NOT u.simulated ORDER BY a.id"""
WRITE = """
INSERT INTO notices (unit_id, day, address, subject, body, written_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT notices_once DO NOTHING"""


def write_notices(
    connection: Connection, knowledge: Knowledge, now: datetime, *, sending: bool
) -> Mapping[str, Any]:
    """Write the notices of the morning after the night; none for mornings that are over.

    A unit with nothing due, overdue or owed gets none.
    """
    day = clock.local_date(now)
    if not sending or knowledge.as_of != clock.end_of(day - timedelta(days=1)):
        return {"notices": 0}
    with connection.cursor() as cursor:
        cursor.execute(RECIPIENTS, (day,))
        recipients = pl.DataFrame(cursor.fetch_arrow())
        if not recipients.height:
            return {"notices": 0}
        units = recipients["handled"].explode().unique().to_list()
        cursor.execute(_cases(knowledge, units))
        cases = pl.DataFrame(cursor.fetch_arrow())
        written = 0
        for unit_id, name, address, handled in recipients.iter_rows():
            own = cases.filter(pl.col("competent_unit_id").is_in(handled))
            if own.height:
                subject, body = write_notice(name, day, *_sections(own))
                cursor.execute(WRITE, (unit_id, day, address, subject, body, now))
                written += 1
    return {"notices": written}


def _cases(knowledge: Knowledge, units: list[int]) -> str:
    cut = Cut(knowledge.as_of)
    found = {name: predicate(each) for name, each in SECTIONS.items()}
    columns = frozenset[str]().union(*(each.columns for each in found.values()))
    facts = facts_sql(
        Scope(simulated=False, asked_unit_ids=tuple(units)),
        sorted({*columns, "code", "competent_unit_id", "due_on"}),
        knowledge,
        active_since=clock.local_date(knowledge.as_of),
    )
    flags = ", ".join(f"({cut.bind(each.text)}) AS {name}" for name, each in found.items())
    return (
        f"SELECT * FROM (SELECT code, competent_unit_id, due_on, {flags} FROM ({facts}) AS f) AS g"
        " WHERE due OR overdue OR letters ORDER BY due_on, code"
    )


def _sections(cases: pl.DataFrame) -> tuple[list[NoticeCase], ...]:
    return tuple(
        [
            NoticeCase(code, due_on, with_letter)
            for code, due_on, with_letter in cases.filter(pl.col(name))
            .select("code", "due_on", "with_letter")
            .iter_rows()
        ]
        for name in ("due", "overdue", "letters")
    )
