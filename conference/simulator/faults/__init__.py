"""What goes wrong on the way, by chance."""
