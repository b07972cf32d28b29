"""Bytes and addresses before anything is read in them."""
