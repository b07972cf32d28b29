"""Tests of storage.engine."""
