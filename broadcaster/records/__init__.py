"""The play history: what happened, in one append-only ledger, and what is made of it."""
