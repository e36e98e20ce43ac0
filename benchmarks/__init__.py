"""How fast xltool is, as ratios to what the same work costs bare: printed as tables, never asserted."""
