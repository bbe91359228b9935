"""For all tests: an interrupt interrupts."""

import signal

# A shell that starts `make test` in the background lets it ignore Ctrl-C's signal, and with it all
# processes that tests start, some of which are to be interrupted.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
