"""Properties are checked without a time limit an example: a busy machine is no fault of the product."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
