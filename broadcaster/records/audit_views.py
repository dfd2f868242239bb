"""Views about how the desk was run: edits of the schedule, starts and stops, the clock, the devices.

Shipped constants, as everything in `schema.py`: what is changed here must come as a new migration.
"""

from __future__ import annotations

_SCHEDULE_CHANGES = """CREATE VIEW schedule_changes AS
SELECT
  replace(at, 'T', ' ') AS at,
  actor,
  json_extract(body, '$.how') AS how,
  (SELECT group_concat(value, ', ') FROM json_each(body, '$.changed')) AS changed,
  json_extract(body, '$.summary') AS summary,
  json_extract(body, '$.reason') AS reason,
  (SELECT group_concat(json_extract(value, '$.file') || ' ' || json_extract(value, '$.before') || ' > '
    || json_extract(value, '$.after'), '; ') FROM json_each(body, '$.files')) AS versions,
  (SELECT group_concat(value, '; ') FROM json_each(body, '$.problems')) AS problems,
  seq
FROM ledger WHERE kind = 'schedule_changed'"""

_RUNS = """CREATE VIEW runs AS
SELECT
  replace(at, 'T', ' ') AS at,
  kind AS event,
  json_extract(body, '$.reason') AS reason,
  replace(json_extract(body, '$.off_since'), 'T', ' ') AS off_since,
  json_extract(body, '$.version') AS version,
  (SELECT group_concat(value, ', ') FROM json_each(body, '$.devices')) AS devices,
  replace(json_extract(body, '$.planned_until'), 'T', ' ') AS planned_until,
  seq
FROM ledger WHERE kind IN ('daemon_started', 'daemon_stopped')"""

_CLOCK_STEPS = """CREATE VIEW clock_steps AS
SELECT
  replace(at, 'T', ' ') AS at,
  kind AS event,
  json_extract(body, '$.seconds') AS seconds,
  json_extract(body, '$.doubt') AS doubt,
  replace(json_extract(body, '$.floor'), 'T', ' ') AS floor,
  body,
  seq
FROM ledger WHERE kind IN ('clock_step', 'clock_untrusted')"""

# A stretch is what one device took without another in between: its rows have the same distance between their place
# among all plays and their place among the plays of that device.
_DEVICES = """CREATE VIEW devices AS
SELECT
  device,
  min(start) AS first_play,
  max(start) AS last_play,
  count(*) AS plays,
  round(sum(heard_s), 3) AS heard_s,
  min(seq) AS first_seq,
  max(seq) AS last_seq
FROM (
  SELECT device, start, heard_s, seq,
    row_number() OVER (ORDER BY seq) - row_number() OVER (PARTITION BY device ORDER BY seq) AS stretch
  FROM (
    SELECT
      json_extract(body, '$.device') AS device,
      replace(json_extract(body, '$.started'), 'T', ' ') AS start,
      json_extract(body, '$.heard_s') AS heard_s,
      seq
    FROM ledger WHERE kind = 'played' AND json_extract(body, '$.started') IS NOT NULL))
GROUP BY device, stretch"""

_FROZEN_PLANS = """CREATE VIEW frozen_plans AS
SELECT
  json_extract(body, '$.month') AS month,
  replace(at, 'T', ' ') AS frozen_at,
  actor,
  json_extract(body, '$.count') AS occurrences,
  round(json_extract(body, '$.planned_s') / 60, 1) AS minutes,
  json_extract(body, '$.unknown_length') AS unknown_length,
  json_extract(body, '$.late_s') AS late_s,
  (SELECT coalesce(sum(json_extract(value, '$.out')), 0) FROM ledger AS edit, json_each(edit.body, '$.frozen')
    WHERE edit.kind = 'schedule_changed' AND json_extract(value, '$.month') = json_extract(ledger.body, '$.month')
    AND edit.seq > ledger.seq) AS taken_out,
  (SELECT coalesce(sum(json_extract(value, '$.in')), 0) FROM ledger AS edit, json_each(edit.body, '$.frozen')
    WHERE edit.kind = 'schedule_changed' AND json_extract(value, '$.month') = json_extract(ledger.body, '$.month')
    AND edit.seq > ledger.seq) AS put_in,
  json_extract(body, '$.sha256') AS sha256,
  seq
FROM ledger WHERE kind = 'plan_frozen'"""

_FROZEN_OCCURRENCES = """CREATE VIEW frozen_occurrences AS
SELECT
  replace(substr(occurrence, instr(occurrence, '@') + 1), 'T', ' ') AS start,
  month,
  (SELECT group_concat(script.value, ', ') FROM json_each(planned, '$.scripts') AS script) AS scripts,
  coalesce(json_extract(planned, '$.repeat'), 1) AS repeat,
  coalesce(json_extract(planned, '$.class'), 'normal') AS class,
  json_extract(planned, '$.source') AS source,
  (SELECT state FROM "plan" WHERE "plan".occurrence = frozen.occurrence) AS state,
  occurrence,
  seq
FROM (
  SELECT json_extract(ledger.body, '$.month') AS month, json_extract(each.value, '$.id') AS occurrence,
    each.value AS planned, ledger.seq AS seq
  FROM ledger, json_each(ledger.body, '$.occurrences') AS each WHERE ledger.kind = 'plan_frozen') AS frozen"""

AUDIT_VIEWS = (_SCHEDULE_CHANGES, _RUNS, _CLOCK_STEPS, _DEVICES)
FROZEN_VIEWS = (_FROZEN_PLANS, _FROZEN_OCCURRENCES)
