"""How well the line understands, measured on the project's own labelled texts."""
