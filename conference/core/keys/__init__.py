"""The keys of telephones in a conference: a table of actions, and maps from keys to actions."""
