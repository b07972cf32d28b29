"""The command line, the clock and everything that runs unattended."""
