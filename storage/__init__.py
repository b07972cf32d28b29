"""The database and the frozen values that travel through the whole program."""

__version__ = "0.2.0"
