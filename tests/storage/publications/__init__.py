"""Tests of storage.publications."""
