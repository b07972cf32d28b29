"""What is stored, counted for those who ask what should be: no run's word is taken for it."""
