from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tthc.domain.events import EPOCH, MICROSECOND, Event, seal_all
from tthc.intake.ledger import EVENT_COLUMNS, as_cases, as_events, last_links, seal_frame

instants = st.integers(-(10**15), 10**16).map(lambda n: EPOCH + n * MICROSECOND)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
acts = st.tuples(
    words,
    instants,
    instants,
    instants,
    words,
    st.none() | st.integers(1, 9),
    st.none() | words,
    words,
)
ledgers = st.lists(
    st.tuples(st.binary(max_size=3), st.lists(acts, min_size=1, max_size=4)), min_size=1, max_size=4
)


def frame_of(events: list[Event], heads: list[bytes | None], ids: list[int]) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {name: getattr(event, name) for name in Event.__slots__} for event in events
    ]
    names = [name for name in EVENT_COLUMNS if name in rows[0]]
    schema: dict[str, Any] = {"case_code": pl.String, **{n: EVENT_COLUMNS[n] for n in names}}
    return pl.DataFrame(rows, schema=schema).with_columns(
        case_id=pl.Series(ids, dtype=pl.Int64), head=pl.Series(heads, dtype=pl.Binary)
    )


@given(ledgers)
def test_a_frame_is_sealed_as_the_single_acts_are(ledger: list[tuple[bytes, list[Any]]]) -> None:
    events, heads, ids, links = [], [], [], []
    for number, (head, row) in enumerate(ledger):
        chain = [Event(f"H-{number}", seq, *act) for seq, act in enumerate(row, 1)]
        links += seal_all(head, chain)
        events += chain
        heads += [head] + [None] * (len(chain) - 1)
        ids += [number] * len(chain)
    sealed = seal_frame(frame_of(events, heads, ids))
    assert sealed["hash"].to_list() == links
    kept = last_links(sealed)
    assert kept["version"].to_list() == [len(row) for _, row in ledger]
    assert kept["last_effective_at"].to_list() == [max(act[2] for act in row) for _, row in ledger]


def test_only_columns_of_the_tables_are_kept() -> None:
    frame = pl.DataFrame({"code": ["a"], "state": [2], "seq": [1], "other": [1]})
    assert as_cases(frame).schema == {"code": pl.String, "state": pl.Int16}
    assert as_events(frame).schema == {"seq": pl.Int32}
