"""The version of the line. The package and `conference --version` take it from here."""

VERSION = "0.1.0.dev0"
