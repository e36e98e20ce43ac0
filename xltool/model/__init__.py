"""The frozen records every room shares. No behaviour lives here beyond what a record knows of itself."""
