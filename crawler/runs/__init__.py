"""One run: its account, its doubts of what it was shown, its hold on the database."""
