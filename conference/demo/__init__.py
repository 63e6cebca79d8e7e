"""`flask simulate`: the line and a simulated Telnyx side by side, with a story and a judge."""
