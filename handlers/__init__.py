"""Use cases: one function, one transaction, channel-neutral.

"Handler" in this project always means this — a function that carries out one thing somebody asked
for — never a library callback and never a channel adapter.
"""
