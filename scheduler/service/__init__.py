"""The unattended process: clock, ticks, rounds, numbers for those who watch it."""
