"""Tests of ciwatch.registry."""
