"""Entry point of ``python -m omni``: the command line."""

import sys

from omni.cli import main

sys.exit(main())
