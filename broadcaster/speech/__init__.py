"""Scripts become clips: spoken ahead of time, never at air time."""
