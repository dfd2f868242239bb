"""Timetables and plans as other programs have them: spreadsheets, calendar files, printed months."""
