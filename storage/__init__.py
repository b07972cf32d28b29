"""The database and the frozen values that travel through the whole program."""
