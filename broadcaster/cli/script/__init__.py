"""Commands about what is said: scripts, voices, the lexicon, clips."""
