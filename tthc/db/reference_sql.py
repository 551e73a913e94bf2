"""The statements that merge packaged rows into the reference tables.

Each takes its rows from a temporary table `incoming_…`. A packaged row may mend what an earlier
release said; what a decision brought (`source_id` not of the package) or ended stays.
"""

LAST_LOAD = "SELECT digest, report FROM reference_loads ORDER BY id DESC LIMIT 1"
RECORD_LOAD = (
    "INSERT INTO reference_loads (digest, loaded_at, report) VALUES (:digest, :loaded_at, :report)"
)

INCOMING_SOURCES = (
    "id text, title text, number text, decided_on date, url text, note text, confirmed boolean"
)
MERGE_SOURCES = """
INSERT INTO sources (id, title, number, decided_on, url, note, confirmed)
SELECT id, title, number, decided_on, url, note, confirmed FROM incoming_sources
ON CONFLICT (id) DO UPDATE SET
  title = excluded.title, number = excluded.number, decided_on = excluded.decided_on,
  url = excluded.url, note = excluded.note, confirmed = excluded.confirmed
"""

INCOMING_UNITS = (
    "code text, level text, name text, parent text, valid_from date, valid_to date, "
    "source text, note text"
)
MERGE_UNITS = """
INSERT INTO units
  (id, code, name, kind, level, parent_id, root_id, valid_from, valid_to, source_id, note)
SELECT i.id, i.code, i.name, 'people_committee', i.level, p.id, coalesce(p.root_id, i.id),
       i.valid_from, i.valid_to, i.source, i.note
FROM (SELECT nextval(pg_get_serial_sequence('units', 'id')) AS id, u.*
      FROM incoming_units u WHERE u.level = :level) i
LEFT JOIN units p ON p.code = i.parent AND NOT p.simulated
  AND coalesce(p.valid_from, '-infinity') <= coalesce(i.valid_from, '-infinity')
  AND coalesce(p.valid_to, 'infinity') > coalesce(i.valid_from, '-infinity')
ON CONFLICT (code, simulated, coalesce(valid_from, '-infinity')) DO UPDATE SET
  name = excluded.name, level = excluded.level, parent_id = excluded.parent_id,
  root_id = CASE WHEN excluded.parent_id IS NULL THEN units.id ELSE excluded.root_id END,
  valid_to = CASE WHEN units.ended_by IS NULL THEN excluded.valid_to ELSE units.valid_to END,
  source_id = excluded.source_id, note = excluded.note
WHERE units.source_id IN (SELECT id FROM incoming_sources)
"""

INCOMING_SUCCESSIONS = (
    "predecessor text, successor text, changed_on date, source text, divided boolean"
)
MERGE_SUCCESSIONS = """
INSERT INTO unit_successors (predecessor_id, successor_id, divided, source_id)
SELECT old.id, new.id, s.divided, s.source
FROM incoming_successions s
JOIN units old ON old.code = s.predecessor AND old.valid_to = s.changed_on AND NOT old.simulated
JOIN units new ON new.code = s.successor AND new.valid_from = s.changed_on AND NOT new.simulated
ON CONFLICT (predecessor_id, successor_id) DO UPDATE SET
  divided = excluded.divided, source_id = excluded.source_id
"""

INCOMING_BLOCKS = "block text, level text, kind text"
KEEP_BLOCKS = "INSERT INTO block_kinds SELECT block, level, kind FROM incoming_blocks"

INCOMING_PROCEDURES = "code text, name text, sector text, levels text[], decision text"
MERGE_SECTORS = """
INSERT INTO sectors (name) SELECT DISTINCT sector FROM incoming_procedures
ON CONFLICT (name) DO NOTHING
"""
MERGE_PROCEDURES = """
INSERT INTO procedures (code, name, sector_id, levels, decision, source_id)
SELECT p.code, p.name, s.id, p.levels, p.decision, 'procedures-published'
FROM incoming_procedures p JOIN sectors s ON s.name = p.sector
ON CONFLICT (code, coalesce(valid_from, '-infinity')) DO UPDATE SET
  name = excluded.name, sector_id = excluded.sector_id, levels = excluded.levels,
  decision = excluded.decision
WHERE procedures.source_id IN (SELECT id FROM incoming_sources)
"""

INCOMING_TERMS = (
    "procedure_code text, channel text, amount numeric, unit text, problem text, published text"
)
MERGE_TERMS = """
INSERT INTO terms
  (procedure_code, basis, channel, amount, unit, published, confirmed, problem, source_id)
SELECT procedure_code, 'statutory', channel, amount, unit, published, problem IS NULL, problem,
       'terms-published'
FROM incoming_terms
ON CONFLICT (procedure_code, basis, coalesce(case_kind, ''), coalesce(level, ''),
             coalesce(channel, ''), coalesce(committed_by, ''),
             coalesce(valid_from, '-infinity')) DO UPDATE SET
  amount = excluded.amount, unit = excluded.unit, published = excluded.published,
  confirmed = excluded.confirmed, problem = excluded.problem
WHERE terms.source_id IN (SELECT id FROM incoming_sources)
"""

INCOMING_ONLINE_LEVELS = (
    "procedure_code text, level text, online_level text, decided_by text, source text"
)
MERGE_ONLINE_LEVELS = """
INSERT INTO online_levels (procedure_code, level, decided_by, online_level, valid_from, source_id)
SELECT i.procedure_code, i.level, i.decided_by, i.online_level, s.decided_on, i.source
FROM incoming_online_levels i
JOIN sources s ON s.id = i.source
ON CONFLICT (procedure_code, decided_by, coalesce(level, ''),
             coalesce(valid_from, '-infinity')) DO UPDATE SET
  online_level = excluded.online_level
WHERE online_levels.source_id IN (SELECT id FROM incoming_sources)
"""

INCOMING_WORKFLOWS = (
    "procedure_code text, source text, workflow text, published text, amount numeric, unit text"
)
MERGE_WORKFLOWS = """
INSERT INTO procedure_workflows (procedure_code, source_id, workflow, published, amount, unit)
SELECT procedure_code, source, workflow, published, amount, unit FROM incoming_workflows
ON CONFLICT (procedure_code, source_id, workflow) DO UPDATE SET
  published = excluded.published, amount = excluded.amount, unit = excluded.unit
"""
INCOMING_STEPS = (
    "procedure_code text, source text, workflow text, position integer, name text, "
    "performer text, published text, amount numeric, unit text"
)
MERGE_STEPS = """
INSERT INTO procedure_steps (workflow_id, position, name, performer, published, amount, unit)
SELECT w.id, i.position, i.name, i.performer, i.published, i.amount, i.unit
FROM incoming_steps i JOIN procedure_workflows w
  ON (w.procedure_code, w.source_id, w.workflow) = (i.procedure_code, i.source, i.workflow)
ON CONFLICT (workflow_id, position) DO UPDATE SET
  name = excluded.name, performer = excluded.performer, published = excluded.published,
  amount = excluded.amount, unit = excluded.unit
"""

LAID = "SELECT version, digest FROM calendar_decisions WHERE code = :code ORDER BY id"
COUNT_CALENDARS = """
SELECT (SELECT count(*) FROM calendars) AS calendars,
       (SELECT count(*) FROM working_days) AS calendar_days
"""
