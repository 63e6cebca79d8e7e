"""What an account holds: applications, numbers, profiles, and the deliveries of its webhooks."""
