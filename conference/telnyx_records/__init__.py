"""Telnyx's records of an account, as it lists them: applications, phone numbers, the public key."""
