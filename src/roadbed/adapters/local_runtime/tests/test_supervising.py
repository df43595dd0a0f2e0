"""supervisord must not spend a core on a closed pipe."""

from __future__ import annotations

import os
from types import SimpleNamespace

from roadbed.adapters.local_runtime.supervising import ForgetfulPoller


def test_a_file_that_can_only_err_is_forgotten():
    poller = ForgetfulPoller(SimpleNamespace(logger=None))
    reading, writing = os.pipe()
    poller.register_readable(writing)
    os.close(reading)
    assert poller.poll(5) == ([], []), "the error ends the wait at once"
    assert writing not in poller.readables
    waited = poller.poll(0)
    os.close(writing)
    assert waited == ([], [])


def test_a_file_that_can_be_read_is_still_read():
    poller = ForgetfulPoller(SimpleNamespace(logger=None))
    reading, writing = os.pipe()
    poller.register_readable(reading)
    os.write(writing, b"x")
    assert poller.poll(5) == ([reading], [])
    os.close(writing)
    assert poller.poll(5) == ([reading], []), "the end of a pipe is read too"
    os.close(reading)
