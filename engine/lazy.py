"""Sequences whose items are made when they are asked for: what stages pass on instead of lists."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")
U = TypeVar("U")


class Lazy(Sequence[T], Generic[T]):
    """A sequence whose items are made when asked for; only the latest few are kept.

    length : number of items. make : called with an index. window : how many items stay in memory.
    """

    def __init__(self, length: int, make: Callable[[int], T], window: int = 1) -> None:
        self._length = length
        self._make = make
        self._window = window
        self._kept: OrderedDict[int, T] = OrderedDict()

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Lazy[T]: ...
    def __getitem__(self, index: int | slice) -> T | Lazy[T]:
        if isinstance(index, slice):
            chosen = range(self._length)[index]
            return Lazy(len(chosen), lambda i: self[chosen[i]], self._window)
        i = range(self._length)[index]
        if i not in self._kept:
            item = self._make(i)
            while len(self._kept) >= self._window:
                self._kept.popitem(last=False)
            self._kept[i] = item
        self._kept.move_to_end(i)
        return self._kept[i]

    def __iter__(self) -> Iterator[T]:
        return (self[i] for i in range(self._length))

    def map(self, function: Callable[[T], U]) -> Lazy[U]:
        """The sequence of function(item), as lazy as this one."""
        return Lazy(self._length, lambda i: function(self[i]), self._window)
