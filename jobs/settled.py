"""The settled cases of a world, counted once, so that a night reads only what may still change.

What is settled before the month of a cut-off is counted in layers: each holds, for every period
that was open then, what was settled since the layer below, less what it has to take back of it. A
night reads the other cases. Of the settled ones few are touched later: as they were then they are
taken off again. When they become many a further layer takes them in; when the definitions or the
reference data change, all are counted anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from adbc_driver_postgresql.dbapi import Connection

from jobs.extract import Lookups, ask, read_batches
from jobs.measure import Plan, measure
from jobs.sheets import NewSheet, begin_sheets, write_rows
from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.settled import Settled, settled_sql, touched_sql
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.periods import WHOLE
from tthc.rules.predicates import Cut

QUIET = timedelta(days=1)  # an act is committed within this time of its recording
MOST_TOUCHED = 20_000  # a fold costs some 30 µs a case
MOST_LAYERS = 24  # that lie on one another; two years' months, then all are counted anew
DEAR = 6  # a case folded costs as much as so many read: where more were touched, count anew

LAST_LAYER = """
SELECT id, boundary, quiet, reference, cases FROM settled_layers
WHERE simulated = $1 AND definitions = $2 AND boundary <= $3 AND quiet < $4
  AND (NOT simulated OR last_case_id = $5)
ORDER BY boundary DESC, quiet DESC LIMIT 1"""
# How many layers lie on one another up to this one.
DEPTH = """
WITH RECURSIVE stack AS (
  SELECT adds_to_id FROM figure_sheets WHERE layer_id = $1 AND period = $2
  UNION ALL
  SELECT s.adds_to_id FROM stack k JOIN figure_sheets s ON s.id = k.adds_to_id
)
SELECT count(*) FROM stack"""
SHEETS_OF = "SELECT period, id FROM figure_sheets WHERE layer_id = $1"
# A simulated ledger makes the instants of its recording up: a further case is of any time.
LAST_CASE = "SELECT coalesce(max(id), 0) AS id FROM cases WHERE simulated = $1"
# What facts look up outside the ledger: were it to change, settled cases would count otherwise.
REFERENCE = """
SELECT md5(concat(
  (SELECT string_agg(concat(id, ' ', valid_to), ',' ORDER BY id) FROM units
   WHERE valid_to IS NOT NULL),
  (SELECT string_agg(concat(id, ' ', yields_document), ',' ORDER BY id) FROM procedures
   WHERE yields_document IS NOT NULL),
  (SELECT string_agg(concat(day, ' ', ordinal), ',' ORDER BY day) FROM current_days
   WHERE day < $1))) AS digest"""
NEW_LAYER = """
INSERT INTO settled_layers (simulated, definitions, boundary, quiet, last_case_id, reference, cases)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"""


@dataclass(frozen=True, slots=True)
class Layer:
    """A stored count of settled cases: the sheet of each period, how many cases it holds with the
    layers below, how many layers those are with it, and sheets whose rows are yet to be written.
    """

    settled: Settled
    sheets: Mapping[str, int]
    cases: int
    depth: int
    unwritten: Sequence[NewSheet] = ()

    def write(self, connection: Connection) -> int:
        """Write the rows of a layer that is new; returns how many those are."""
        ids = [self.sheets[each.period] for each in self.unwritten]
        return write_rows(connection, ids, self.unwritten)


@dataclass(frozen=True, slots=True)
class Night:
    """What a night counts: in which database, whose cases, what of each period, at which cut-off,
    looked up where.
    """

    run_id: int
    url: str
    scope: Scope
    asked: Sequence[tuple[Period, Plan]]
    knowledge: Knowledge
    lookups: Lookups

    @property
    def whole(self) -> Plan:
        """What is counted of the whole ledger: all that is counted at all."""
        return next(what for period, what in self.asked if period.scheme == WHOLE)

    @property
    def what(self) -> Plan:
        """What is counted of the periods in it."""
        return next(what for period, what in self.asked if period.scheme != WHOLE)

    @property
    def boundary(self) -> date:
        """Cases settled before it are in layers: the first day of the cut-off's month."""
        return clock.local_date(self.knowledge.as_of).replace(day=1)

    def cut(self, period: Period) -> Cut:
        """A period at the cut-off, for an engine that cannot ask the calendar."""
        cut = Cut(self.knowledge.as_of, period)
        asked = self.lookups.ordinal(clock.local_date(self.knowledge.as_of))
        last = self.lookups.ordinal(clock.local_date(cut.last))
        return Cut(self.knowledge.as_of, period, last, asked)


def settle(connection: Connection, night: Night) -> Layer:
    """The newest layer of the cases settled before the night's month, made if it isn't there; its
    rows are then to be written yet.
    """
    last = _last_layer(connection, night)
    is_of_month = last is not None and last.settled.boundary == night.boundary
    if last and is_of_month and 2 * _recorded(connection, night, last) <= MOST_TOUCHED:
        return last  # whichever they are, they are not many
    touched = _touched(connection, night, last) if last else 0
    if last and is_of_month and touched <= MOST_TOUCHED:
        return last
    below = last
    if last and (touched * DEAR > last.cases or last.depth >= MOST_LAYERS):
        below = None
    return _add_layer(connection, night, below)


def _last_layer(connection: Connection, night: Night) -> Layer | None:
    """The newest layer that still holds."""
    simulated, known_at = night.scope.simulated, night.knowledge.known_at
    last_case = ask(connection, LAST_CASE, simulated).item()
    found = ask(
        connection,
        LAST_LAYER,
        *(simulated, night.whole.digest, night.boundary, known_at, last_case),
    )
    if not found.height:
        return None
    layer_id, boundary, quiet, reference, cases = found.row(0)
    sheets = dict(ask(connection, SHEETS_OF, layer_id).iter_rows())
    counted = {period.name for period, _ in night.asked if period.start < boundary}
    if reference != ask(connection, REFERENCE, boundary).item() or not counted <= set(sheets):
        return None
    whole = next(period.name for period, _ in night.asked if period.scheme == WHOLE)
    depth = ask(connection, DEPTH, layer_id, whole).item()
    return Layer(Settled(boundary, quiet), sheets, cases, depth)


def _add_layer(connection: Connection, night: Night, below: Layer | None) -> Layer:
    settled = Settled(night.boundary, night.knowledge.known_at - QUIET)
    asked = [each for each in night.asked if each[0].start < settled.boundary]
    wanted = night.lookups.sent(night.whole.columns)
    sql = settled_sql(night.scope, wanted, settled, below.settled if below else None)
    batches = read_batches(night.url, sql, night.whole.columns, night.lookups, weighted=True)
    measured = measure(batches, [(what, night.cut(period)) for period, what in asked])
    under = below.sheets if below else {}
    sheets = [
        NewSheet(period.name, what, night.knowledge, found, under.get(period.name))
        for (period, what), found in zip(asked, measured, strict=True)
    ]
    cases = (below.cases if below else 0) + next(
        found.cases
        for (period, _), found in zip(asked, measured, strict=True)
        if period.scheme == WHOLE
    )
    layer_id = ask(
        connection,
        NEW_LAYER,
        *(night.scope.simulated, night.whole.digest, settled.boundary, settled.quiet),
        ask(connection, LAST_CASE, night.scope.simulated).item(),
        ask(connection, REFERENCE, settled.boundary).item(),
        cases,
    ).item()
    ids = begin_sheets(
        connection, night.run_id, sheets, simulated=night.scope.simulated, layer_id=layer_id
    )
    names = [period.name for period, _ in asked]
    depth = 1 + (below.depth if below else 0)
    return Layer(settled, dict(zip(names, ids, strict=True)), cases, depth, sheets)


def _recorded(connection: Connection, night: Night, layer: Layer) -> int:
    """How many cases have been recorded something of since a layer: half of what `_touched` may
    find at most, by an index alone.
    """
    since = "SELECT count(*) FROM cases WHERE simulated = $1 AND last_recorded_at > $2"
    return int(ask(connection, since, night.scope.simulated, layer.settled.quiet).item())


def _touched(connection: Connection, night: Night, layer: Layer) -> int:
    """How many cases to fold or to read beside a layer that a new one would hold: touched since,
    or entered since though over long ago.
    """
    entered = ask(
        connection,
        "SELECT count(*) FROM cases WHERE simulated = $1 AND last_recorded_at > $2 "
        "AND last_recorded_at <= $3 AND settled_on < $4",
        *(night.scope.simulated, layer.settled.quiet, night.knowledge.known_at - QUIET),
        layer.settled.boundary,
    ).item()
    touched = touched_sql(night.scope, layer.settled)
    return int(entered + ask(connection, f"SELECT count(*) FROM ({touched}) AS t").item())
