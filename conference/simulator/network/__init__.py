"""The simulated network: its state, and what happens in it."""
