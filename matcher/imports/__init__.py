"""Files of postings and workers → canonical rows with their problems; knows nothing of the store (导入)."""
