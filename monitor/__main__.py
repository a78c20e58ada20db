"""What ``vigie`` and ``python -m monitor`` start."""

import signal
import sys


def main() -> int:
    """Run the command line. Its modules take a second to load; Ctrl-C meanwhile ends us, without a traceback."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from monitor import cli  # noqa: PLC0415  # what takes the second: this, and the command's own modules

    options = cli.options_of(sys.argv[1:])
    signal.signal(signal.SIGINT, usual)
    return cli.run(options)


if __name__ == "__main__":
    sys.exit(main())
