"""An occurrence → sound → ledger rows."""
