"""From a file to stored rows (导入)."""
