"""What rules of reading are made of: tables of alternatives, and thresholds with their reasons."""
