"""`python -m meta_ads` is the command `adlaunch`."""

import sys

from meta_ads.cli import main

if __name__ == "__main__":
    sys.exit(main())
