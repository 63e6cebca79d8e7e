"""Set up a Telnyx account and `.env` for this server: `flask setup`."""
