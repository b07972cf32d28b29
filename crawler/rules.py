"""The version of the rules of reading; light, so that who only asks for it imports no rule."""

RULES_VERSION = "22"
"""Goes into each reading; raised whenever a rule changes what is read."""
