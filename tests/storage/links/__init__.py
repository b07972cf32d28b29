"""Tests of storage.links."""
