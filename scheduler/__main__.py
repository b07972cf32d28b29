"""``python -m scheduler``: the command line without its script."""

from scheduler.cli import main

main()
