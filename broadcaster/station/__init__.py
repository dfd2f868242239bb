"""A station folder, opened: its paths and settings, its files as they were last good, its edits as rows."""
