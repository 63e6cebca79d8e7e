"""What follows from Telnyx's answers to our commands."""
