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

AUDIT_VIEWS = (_SCHEDULE_CHANGES, _RUNS, _CLOCK_STEPS, _DEVICES)
