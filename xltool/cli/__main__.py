"""`python -m xltool.cli`, for machines where the script is not on the path."""

from xltool.cli import main

main()
