"""Tests of scheduler.alerts."""
