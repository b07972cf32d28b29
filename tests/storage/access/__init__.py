"""Tests of storage.access."""
