"""``python -m runtime [gateway|worker|standalone|dead]``."""

import sys

from runtime.cli import main

if __name__ == "__main__":
    sys.exit(main())
