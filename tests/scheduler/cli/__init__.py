"""Tests of scheduler.cli."""
