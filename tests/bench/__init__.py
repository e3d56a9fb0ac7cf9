"""Benchmarks: tables of ratios against peers in the same run. Never part of the test suite."""
