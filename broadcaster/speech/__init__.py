"""Text → clip: read aloud ahead of time, never at air time."""
