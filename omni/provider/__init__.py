"""The provider's HTTP API: its JSON (``payload``), one POST (``client``) and the outcome (``response``)."""
