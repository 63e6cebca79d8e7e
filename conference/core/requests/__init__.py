"""What moderators and programs can ask for."""
