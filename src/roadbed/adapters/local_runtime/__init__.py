"""Services on this machine: supervisord for the processes, HAProxy in front, both outliving the rest of Roadbed."""

from roadbed.adapters.local_runtime.layout import Layout
from roadbed.adapters.local_runtime.meter import HaproxyMeter
from roadbed.adapters.local_runtime.rescue import local_rollback
from roadbed.adapters.local_runtime.runtime import LocalRuntime
from roadbed.adapters.local_runtime.stepping import LocalSteps

__all__ = ["HaproxyMeter", "Layout", "LocalRuntime", "LocalSteps", "local_rollback"]
