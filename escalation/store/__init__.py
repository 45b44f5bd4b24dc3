"""The only place that imports SQLAlchemy: tables, transactions, sealing, and one file per aggregate.

Everything here is synchronous and runs in a store thread (see `base`). A use case therefore cannot
await, so no transaction can be open while a provider is being called.
"""
