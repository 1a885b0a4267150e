"""Run the sandbox: ``python -m omni.sandbox``."""

import sys

from omni.sandbox.server import main

if __name__ == "__main__":
    sys.exit(main())
