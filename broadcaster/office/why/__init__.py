"""Why an occurrence plays, played or did not play, and why nothing is planned at a moment; `explain.py` answers."""
