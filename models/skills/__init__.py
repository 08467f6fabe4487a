"""Recipe of the reader of work words (工作内容识别)."""
