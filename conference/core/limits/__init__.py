"""The time limits of conferences and calls, and the minutes of a day."""
