"""The account's TeXML application."""
