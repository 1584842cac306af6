"""`python -m nearer` is the command line."""

from nearer.cli import main

main()
