"""Tests of scheduler.cli.commands."""
