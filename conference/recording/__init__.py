"""Records what happens on the line in a folder, without what is private, and replays it.

`recorder` writes, `reading` reads, `replay` decides again. Only `create_app` and the commands
import this package, and the line only with RECORD_WEBHOOKS.
"""
