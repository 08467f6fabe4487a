"""Small matrix products on one thread: they only wait for a second one (单线程)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped, unused-ignore]


def one_thread() -> AbstractContextManager[object]:
    """While it is open, numpy multiplies on one thread."""
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    """Found once, when numpy is loaded: looking through the loaded libraries takes milliseconds."""
    return ThreadpoolController()
