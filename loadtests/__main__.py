"""``python -m loadtests``."""

import sys

from loadtests._cli import main

sys.exit(main())
