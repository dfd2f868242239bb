"""Timetables and plans in other formats: spreadsheets, calendar files, printed months."""
