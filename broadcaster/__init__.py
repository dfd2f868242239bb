"""The broadcast desk of a Vietnamese commune: scripts become speech, play at their hour, and the history knows."""

__version__ = "0.1.0"
