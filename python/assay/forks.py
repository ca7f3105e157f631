"""Objects that have to start anew in a forked process."""
import os
import weakref

_known = weakref.WeakSet()


def remember(thing):
    """Calls thing.forked() in every child that this process forks while `thing` lives."""
    _known.add(thing)


def _in_child():
    for thing in list(_known):
        thing.forked()


os.register_at_fork(after_in_child=_in_child)
