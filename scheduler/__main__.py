"""``python -m scheduler``: the command line without its script."""

from scheduler.cli.app import main

main()
