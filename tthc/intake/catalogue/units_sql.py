"""The statements by which a decision's units are read and written."""

LOAD = """
SELECT u.id, u.code, u.name, u.kind, u.level, u.valid_from, u.valid_to,
       p.code AS parent, p.valid_from AS parent_from
FROM units u LEFT JOIN units p ON p.id = u.parent_id
WHERE NOT u.simulated AND u.kind <> 'imported'
"""
END = """
UPDATE units SET valid_to = :on, ended_by = :source
WHERE code = :code AND NOT simulated AND valid_from IS NOT DISTINCT FROM CAST(:valid_from AS date)
"""
BEGIN = """
INSERT INTO units
  (id, code, name, kind, level, parent_id, root_id, valid_from, valid_to, source_id, note)
SELECT n.id, :code, :name, :kind, :level, p.id, coalesce(p.root_id, p.id, n.id),
       CAST(:valid_from AS date), CAST(:valid_to AS date), :source, :note
FROM (SELECT nextval(pg_get_serial_sequence('units', 'id')) AS id) n
LEFT JOIN units p ON p.code = :parent AND NOT p.simulated
  AND p.valid_from IS NOT DISTINCT FROM CAST(:parent_from AS date)
"""
INHERIT = """
INSERT INTO unit_successors (predecessor_id, successor_id, divided, source_id)
SELECT old.id, new.id, :divided, :source
FROM units old, units new
WHERE old.code = :old AND old.valid_to = :on AND NOT old.simulated
  AND new.code = :new AND NOT new.simulated
  AND coalesce(new.valid_from <= :on, true) AND coalesce(new.valid_to > :on, true)
ON CONFLICT (predecessor_id, successor_id) DO NOTHING
"""
