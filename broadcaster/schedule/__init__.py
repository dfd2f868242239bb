"""Timetable files, and the plan that they give."""
