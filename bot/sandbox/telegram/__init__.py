"""An emulated Telegram: the Bot API over HTTP, the people's side, and the pushing of updates."""
