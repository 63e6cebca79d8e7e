"""What is said of the rooms to whoever looks: JSON, log, event log and health."""
