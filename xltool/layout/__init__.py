"""From a form definition to addresses: where each caption, answer, name, key, rule and check of a workbook stands."""
