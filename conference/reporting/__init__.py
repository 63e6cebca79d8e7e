"""Shows the rooms to operators: JSON, log, event log and health."""
