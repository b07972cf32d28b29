"""Copies of one text: what makes two texts the same, and which copy is the original."""
