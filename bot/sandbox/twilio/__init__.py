"""An emulated Twilio: the Messages resource over HTTP, the carrier behind it, and signed webhooks."""
