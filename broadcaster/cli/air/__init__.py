"""Commands about what is on the air now: run, rehearse, demo, now, check, why, device."""
