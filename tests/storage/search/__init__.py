"""Tests of storage.search."""
