"""The simulated phone network: its state and its rules."""
