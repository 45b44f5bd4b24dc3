"""The world outside, emulated: Telegram, Twilio and the people with their phones. Imports nothing of the product,
because it also judges it.
"""
