"""Our reader against openpyxl and calamine on any folder of workbooks: where those two agree, ours must agree."""
