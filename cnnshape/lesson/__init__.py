"""The lesson: short answers and exercises, each computed by the engine itself."""
