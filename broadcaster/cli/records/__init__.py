"""Commands about what happened: the log, reports, audits, backups."""
