"""The way in: refusals, PINs, names, the lobby, and the queue of a full room."""
