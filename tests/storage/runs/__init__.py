"""Tests of storage.runs."""
