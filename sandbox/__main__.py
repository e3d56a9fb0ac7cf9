"""`python -m sandbox` is `reload-sandbox`."""

from sandbox.cli import main

if __name__ == "__main__":
    main(prog_name="reload-sandbox")
