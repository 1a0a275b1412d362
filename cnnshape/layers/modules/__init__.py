"""The torch modules of layer types that torch.nn has no class for.

They are what these types are built as, and what an export writes into its file: each
definition after a file's imports needs nothing but torch, and what its type names as
`needs`. The arguments of a class are its attributes, by which an import knows it again.
"""
