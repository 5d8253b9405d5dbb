"""`python -m kiskriv` is `kiskriv`."""

from kiskriv.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
