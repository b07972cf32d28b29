"""Web archives (WARC), read so that a broken record costs itself and nothing else."""
