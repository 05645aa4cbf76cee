"""What can keep the local stack from running."""


class LocalStackError(Exception):
    """Something on this machine is not as the local stack needs it; the message says the remedy."""


class ProcessDied(LocalStackError):
    """A process of the stack ended by itself; the message ends with its last log lines."""


class NotReady(LocalStackError):
    """A process of the stack runs but was not ready in the time allowed."""


class AlreadyRunning(LocalStackError):
    """Another stack holds the state folder."""
