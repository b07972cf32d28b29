"""Tests of scheduler.console."""
