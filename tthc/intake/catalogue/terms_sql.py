"""The statements by which a decision's terms are written."""

KEY = ("procedure_code", "basis", "case_kind", "level", "channel", "committed_by")

CASE_KINDS = "SELECT procedure_code, code, valid_from, valid_to FROM case_kinds"
NEW_CASE_KIND = """
INSERT INTO case_kinds (procedure_code, code, name, valid_from, source_id)
SELECT CAST(:procedure_code AS text), CAST(:code AS text), CAST(:name AS text),
       CAST(:valid_from AS date), :source
WHERE NOT EXISTS (
  SELECT FROM case_kinds WHERE procedure_code = :procedure_code AND code = :code
  AND coalesce(valid_from <= :valid_from, true) AND coalesce(valid_to > :valid_from, true))
"""
END = """
UPDATE terms SET valid_to = :on, ended_by = :source
WHERE procedure_code = :procedure_code AND basis = :basis
  AND case_kind IS NOT DISTINCT FROM CAST(:case_kind AS text)
  AND level IS NOT DISTINCT FROM CAST(:level AS text)
  AND channel IS NOT DISTINCT FROM CAST(:channel AS text)
  AND committed_by IS NOT DISTINCT FROM CAST(:committed_by AS text)
  AND valid_from IS NOT DISTINCT FROM CAST(:valid_from AS date)
"""
BEGIN = """
INSERT INTO terms
  (procedure_code, basis, case_kind, level, channel, committed_by, amount, unit, cutoff,
   published, confirmed, problem, valid_from, valid_to, source_id)
VALUES
  (:procedure_code, :basis, :case_kind, :level, :channel, :committed_by, :amount, :unit, :cutoff,
   :published, :confirmed, :problem, :valid_from, :valid_to, :source)
"""
OPEN_CASES = """
SELECT count(*) FROM cases c JOIN procedures p ON p.id = c.procedure_id
WHERE c.active_until IS NULL AND c.received_at IS NOT NULL AND NOT c.simulated
  AND p.code = ANY (:codes)
"""
