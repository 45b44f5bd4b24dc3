"""Two histories of the tables, one a desk; `README.md` says how a step is added."""
