"""Commands that print figures; no test depends on how long anything takes."""
