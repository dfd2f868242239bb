"""Views as they are since migration "later views": three that were made anew, and the one of clips; and one later.

Shipped constants, as everything in `schema.py`: what is changed here must come as a new migration.
"""

from __future__ import annotations

# What went whole to a file or to silence is no airing, here as in reconciliation and reports (`Play.ending`).
_AS_RUN = """CREATE VIEW as_run AS
SELECT
  replace(coalesce(json_extract(body, '$.started'), json_extract(body, '$.planned_start')), 'T', ' ') AS start,
  CASE WHEN json_extract(body, '$.outcome') = 'aired' AND json_extract(body, '$.device') IN ('file', 'silent')
    AND json_extract(body, '$.origin') <> 'test' THEN 'no loudspeaker'
    ELSE json_extract(body, '$.outcome') END AS outcome,
  json_extract(body, '$.lateness_s') AS late_s,
  json_extract(body, '$.heard_s') AS heard_s,
  json_extract(body, '$.repeat') AS repeat,
  (SELECT group_concat(json_extract(value, '$.title'), '; ') FROM json_each(body, '$.scripts')) AS title,
  json_extract(body, '$.reason') AS reason,
  json_extract(body, '$.class') AS class,
  json_extract(body, '$.origin') AS origin,
  json_extract(body, '$.ordered_by') AS ordered_by,
  json_extract(body, '$.source') AS source,
  json_extract(body, '$.device') AS device,
  json_extract(body, '$.clock') AS clock,
  replace(json_extract(body, '$.planned_start'), 'T', ' ') AS planned_start,
  replace(json_extract(body, '$.planned_end'), 'T', ' ') AS planned_end,
  replace(json_extract(body, '$.started'), 'T', ' ') AS started,
  replace(json_extract(body, '$.ended'), 'T', ' ') AS ended,
  (SELECT group_concat(json_extract(value, '$.id'), ', ') FROM json_each(body, '$.scripts')) AS scripts,
  (SELECT group_concat(DISTINCT json_extract(value, '$.voice')) FROM json_each(body, '$.scripts')) AS voices,
  json_extract(body, '$.campaign') AS campaign,
  json_extract(body, '$.slot') AS slot,
  occurrence,
  replace(at, 'T', ' ') AS recorded_at,
  seq
FROM ledger WHERE kind = 'played'"""

# What an edit did stands in its row as days of a slot and a time, spans of them drawn together. Of each occurrence the
# last edit counts: what was put back has not been taken out, and what was taken out again was not put in.
_FROZEN_PLANS = """CREATE VIEW frozen_plans AS
WITH RECURSIVE
  change (month, way, slot, time, day, last, edit) AS (
    SELECT json_extract(month.value, '$.month'), 'out', json_extract(part.value, '$.slot'),
      json_extract(part.value, '$.time'), substr(days.value, 1, 10), substr(days.value, -10), ledger.seq
    FROM ledger, json_each(ledger.body, '$.frozen') AS month, json_each(month.value, '$.taken_out') AS part,
      json_each(part.value, '$.days') AS days WHERE ledger.kind = 'schedule_changed'
    UNION ALL
    SELECT json_extract(month.value, '$.month'), 'in', json_extract(part.value, '$.slot'),
      json_extract(part.value, '$.time'), substr(days.value, 1, 10), substr(days.value, -10), ledger.seq
    FROM ledger, json_each(ledger.body, '$.frozen') AS month, json_each(month.value, '$.put_in') AS part,
      json_each(part.value, '$.days') AS days WHERE ledger.kind = 'schedule_changed'
    UNION ALL
    SELECT month, way, slot, time, date(day, '+1 day'), last, edit FROM change WHERE day < last),
  ended (month, occurrence, way, edit) AS (
    SELECT month, slot || '@' || day || 'T' || time, way, max(edit) FROM change GROUP BY 1, 2)
SELECT
  json_extract(body, '$.month') AS month,
  replace(at, 'T', ' ') AS frozen_at,
  actor,
  json_extract(body, '$.count') AS occurrences,
  CASE WHEN json_extract(body, '$.unknown_length') < json_extract(body, '$.count')
    THEN round(json_extract(body, '$.planned_s') / 60, 1) END AS minutes,
  json_extract(body, '$.unknown_length') AS unknown_length,
  json_extract(body, '$.late_s') AS late_s,
  (SELECT count(*) FROM ended WHERE ended.month = json_extract(ledger.body, '$.month') AND way = 'out'
    AND occurrence IN (SELECT json_extract(value, '$.id') FROM json_each(ledger.body, '$.occurrences'))) AS taken_out,
  (SELECT count(*) FROM ended WHERE ended.month = json_extract(ledger.body, '$.month') AND way = 'in'
    AND occurrence NOT IN (SELECT json_extract(value, '$.id') FROM json_each(ledger.body, '$.occurrences'))) AS put_in,
  (SELECT coalesce(sum(json_extract(value, '$.out')), 0) FROM ledger AS edit, json_each(edit.body, '$.frozen')
    WHERE edit.kind = 'schedule_changed' AND json_extract(value, '$.month') = json_extract(ledger.body, '$.month')
    AND edit.seq > ledger.seq) AS all_edits_out,
  (SELECT coalesce(sum(json_extract(value, '$.in')), 0) FROM ledger AS edit, json_each(edit.body, '$.frozen')
    WHERE edit.kind = 'schedule_changed' AND json_extract(value, '$.month') = json_extract(ledger.body, '$.month')
    AND edit.seq > ledger.seq) AS all_edits_in,
  (SELECT coalesce(sum(json_extract(value, '$.other')), 0) FROM ledger AS edit, json_each(edit.body, '$.frozen')
    WHERE edit.kind = 'schedule_changed' AND json_extract(value, '$.month') = json_extract(ledger.body, '$.month')
    AND edit.seq > ledger.seq) AS all_edits_other,
  json_extract(body, '$.sha256') AS sha256,
  seq
FROM ledger WHERE kind = 'plan_frozen'"""

_APPROVALS = """CREATE VIEW approvals AS
SELECT
  replace(at, 'T', ' ') AS at,
  actor,
  json_extract(body, '$.decision') AS decision,
  json_extract(body, '$.script') AS script,
  json_extract(body, '$.title') AS title,
  json_extract(body, '$.reason') AS reason,
  json_extract(body, '$.text_digest') AS text_digest,
  json_extract(body, '$.spoken_digest') AS spoken_digest,
  (SELECT group_concat("key" || ' = ' || value, '; ') FROM json_each(body, '$.lexicon')) AS lexicon,
  (SELECT group_concat("key" || ' ' || value, '; ') FROM json_each(body, '$.sounds')) AS sounds,
  (SELECT group_concat("key" || ' = ' || value, '; ') FROM json_each(body, '$.voices')) AS voices,
  seq
FROM ledger WHERE kind = 'approval'"""

_CLIPS = """CREATE VIEW clips AS
SELECT
  replace(at, 'T', ' ') AS at,
  kind AS event,
  actor,
  json_extract(body, '$.how') AS how,
  json_extract(body, '$.script') AS script,
  json_extract(body, '$.title') AS title,
  json_extract(body, '$.seconds') AS seconds,
  json_extract(body, '$.voice') AS voice,
  json_extract(body, '$.clip') AS clip,
  json_extract(body, '$.sha256') AS sha256,
  json_extract(body, '$.text_digest') AS text_digest,
  json_extract(body, '$.spoken_digest') AS spoken_digest,
  (SELECT group_concat("key" || ' = ' || value, '; ') FROM json_each(body, '$.lexicon')) AS lexicon,
  (SELECT group_concat("key" || ' ' || value, '; ') FROM json_each(body, '$.sounds')) AS sounds,
  json_extract(body, '$.replaced') AS replaced,
  seq
FROM ledger WHERE kind IN ('clip_made', 'clip_found')"""

_SCRIPT_CHANGES = """CREATE VIEW script_changes AS
SELECT
  replace(at, 'T', ' ') AS at,
  actor,
  json_extract(body, '$.how') AS how,
  json_extract(body, '$.script') AS script,
  json_extract(body, '$.title') AS title,
  json_extract(body, '$.text_digest') AS text_digest,
  json_extract(body, '$.before') AS before,
  json_extract(body, '$.after') AS after,
  seq
FROM ledger WHERE kind = 'script_changed'
UNION ALL
SELECT replace(at, 'T', ' '), actor, 'by hand', edited."key", NULL, NULL, NULL, edited.value, seq
FROM ledger, json_each(body, '$.scripts') AS edited WHERE kind = 'schedule_changed'"""

SCRIPT_VIEWS = (_SCRIPT_CHANGES,)
LATER_VIEWS = (
    "DROP VIEW as_run",
    "DROP VIEW frozen_plans",
    "DROP VIEW approvals",
    _AS_RUN,
    _FROZEN_PLANS,
    _APPROVALS,
    _CLIPS,
)
