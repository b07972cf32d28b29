"""What ended runs say of their sources, and which reviews are due or overdue."""
