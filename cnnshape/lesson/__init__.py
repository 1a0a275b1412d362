"""The lesson: short answers, exercises, and what a window reads, multiplies and adds."""
