"""Figures that are kept: facts from the database, counted by the day, and what they say of each CI.

All of it follows from what was recorded: ``ciwatch rollup --rebuild`` throws it away and tells it anew.
"""
