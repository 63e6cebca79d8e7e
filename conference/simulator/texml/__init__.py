"""The simulated TeXML: documents, conferences by them, callbacks, and its REST operations."""
