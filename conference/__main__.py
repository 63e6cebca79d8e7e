"""`python -m conference`: the command `conference` in a folder that has the code, not installed."""

from conference import main

main()
