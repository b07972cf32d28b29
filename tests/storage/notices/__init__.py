"""Tests of storage.notices."""
