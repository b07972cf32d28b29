"""Tests of back-fills in parts."""
