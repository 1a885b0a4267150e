"""What all tables have in common: the metadata they are in, and the type of an id."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
