"""What people are handed: the consolidated form in its published layout, and findings as text and data."""
