"""The same as the pages, as data: JSON under ``/api/v1``."""
