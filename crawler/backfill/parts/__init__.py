"""A back-fill in parts: planned from files, read by pure tasks in many processes, kept by one."""
