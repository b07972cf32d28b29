"""The command line `cppcc`."""
