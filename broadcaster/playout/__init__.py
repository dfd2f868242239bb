"""Plays what is due: from an occurrence of the plan to sound and to the rows of the play history."""
