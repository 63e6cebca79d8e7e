"""The simulated voice API over HTTP."""
