"""The provider's HTTP API: its JSON (``payload``), one POST (``client``) and its answer (``response``)."""
