"""The workbook as a file: whether it is safe, what it holds, and how ours is written."""
