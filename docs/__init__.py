"""The pages of docs/ that are made from the program itself. `python -m docs` writes them; a test compares them."""
