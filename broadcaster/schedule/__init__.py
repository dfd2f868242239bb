"""Files → the plan."""
