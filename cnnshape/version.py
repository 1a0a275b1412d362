"""The version, apart from the package that every import enters by."""

__version__ = "0.1.0"
