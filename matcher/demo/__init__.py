"""A fictional county to try the service on; every row of it is marked 样例 (sample)."""
