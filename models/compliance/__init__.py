"""Training of the second reader of the compliance check (合规第二读者)."""
