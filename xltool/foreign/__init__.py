"""Containers that are no workbooks of ours (text, html, docx, xls, ods) → the same `RawWorkbook` grid."""
