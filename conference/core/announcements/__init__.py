"""The words that participants hear during the conference, and the names in them."""
