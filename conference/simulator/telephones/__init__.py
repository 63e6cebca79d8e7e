"""Telephones in a web page: their owners dial, speak and hear; beside them, the traffic."""
