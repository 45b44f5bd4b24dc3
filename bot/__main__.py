"""`python -m bot` is `nabolinje`."""

from __future__ import annotations

from bot.cli import main

if __name__ == "__main__":
    main(prog_name="nabolinje")
