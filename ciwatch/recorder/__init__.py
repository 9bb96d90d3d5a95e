"""From events to rows: who is a CI, what its comments report, which attempt a report is."""
