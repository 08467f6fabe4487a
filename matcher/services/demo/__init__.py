"""The sample county, from raw files to a push batch (样例)."""
