"""Tests of scheduler.probing."""
