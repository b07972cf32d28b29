"""The commands of `cppcc`, one module a subject."""
