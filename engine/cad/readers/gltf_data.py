"""Bytes of glTF 2.0: the GLB container, buffers, and accessors as arrays."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.cad.readers.gltf_model import Gltf
from engine.cad.readers.source import MAX_BYTES, MAX_VERTICES, Blob, neighbour

_COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC3": 3}
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_AGAIN = "export it again."

Array = npt.NDArray[Any]


def split_glb(blob: Blob) -> tuple[bytes, bytes | None]:
    """The JSON and the binary chunk of a GLB; a plain .gltf is all JSON.

    Raises FileError for another version than 2 and for chunks beyond the end of the file.
    """
    data = blob.data
    if not data.startswith(b"glTF"):
        return data.removeprefix(b"\xef\xbb\xbf"), None
    if len(data) < 20:
        raise blob.error(f"the GLB is cut off; {_AGAIN}")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise blob.error(f"it is a GLB of version {version}; export it as glTF 2.0.")
    if length > len(data):
        raise blob.error(
            f"the GLB declares {length} bytes, but the file has {len(data)}: it is cut off; "
            f"{_AGAIN}"
        )
    chunks: list[tuple[int, bytes]] = []
    offset = 12
    while offset + 8 <= length and len(chunks) < 2:
        size, kind = struct.unpack_from("<II", data, offset)
        if size > length - offset - 8:
            raise blob.error(f"a chunk of the GLB is longer than the file: it is cut off; {_AGAIN}")
        chunks.append((kind, data[offset + 8 : offset + 8 + size]))
        offset += 8 + size
    if not chunks or chunks[0][0] != _JSON:
        raise blob.error(f"the GLB does not start with its JSON; {_AGAIN}")
    binary = chunks[1][1] if len(chunks) > 1 and chunks[1][0] == _BIN else None
    return chunks[0][1].rstrip(b"\0 "), binary


class Accessors:
    """Reads accessors; every range is checked before anything is allocated."""

    def __init__(self, blob: Blob, model: Gltf, binary: bytes | None) -> None:
        self.blob = blob
        self.model = model
        self.binary = binary
        self.buffers: dict[int, bytes] = {}
        self.copied = 0  # values of accessors that are no plain view of the file
        self.fetched = 0  # bytes of external buffers

    def scale(self, index: int) -> float:
        """By what the values of accessor `index` are divided: more than 1 where normalised."""
        item = self.model.accessors[index]
        code = np.dtype(_COMPONENTS[item.componentType])
        return float(np.iinfo(code).max) if item.normalized and code.kind != "f" else 1.0

    def array(self, index: int, kind: str) -> Array:
        """[N, width] values of accessor `index`, as stored; a view of the file where possible.

        kind : "SCALAR" or "VEC3", what the accessor must be.
        """
        if index >= len(self.model.accessors):
            raise self._bad(f"accessor {index} does not exist")
        item = self.model.accessors[index]
        if item.type != kind or item.componentType not in _COMPONENTS:
            raise self._bad(f"accessor {index} is not {kind} of a known component type")
        code, width = np.dtype(_COMPONENTS[item.componentType]), _WIDTHS[kind]
        if item.bufferView is None or item.sparse is not None:
            self.copied += item.count
            if self.copied > MAX_VERTICES:
                raise self._bad("sparse accessors hold more values than are read")
        if item.bufferView is not None:
            values = self._strided(item.bufferView, item.byteOffset, item.count, code, width)
        elif item.count > len(self.blob.data):
            raise self._bad(f"accessor {index} declares {item.count} values without data")
        else:
            values = np.zeros((item.count, width), code)
        if item.sparse is not None:
            values = self._overlaid(values, index, code, width)
        return values

    def _overlaid(self, values: Array, index: int, code: np.dtype[Any], width: int) -> Array:
        """`values` with the sparse replacements of accessor `index`."""
        sparse = self.model.accessors[index].sparse
        assert sparse is not None
        if sparse.indices.componentType not in (5121, 5123, 5125):
            raise self._bad(f"accessor {index} has sparse indices of a wrong type")
        kind = np.dtype(_COMPONENTS[sparse.indices.componentType])
        place = sparse.indices
        where = self._strided(place.bufferView, place.byteOffset, sparse.count, kind, 1)[:, 0]
        if where.size and int(where.max()) >= len(values):
            raise self._bad(f"accessor {index} has sparse indices beyond its end")
        result = values.copy()
        given = sparse.values
        result[where] = self._strided(given.bufferView, given.byteOffset, sparse.count, code, width)
        return result

    def _strided(
        self, view: int, offset: int, count: int, code: np.dtype[Any], width: int
    ) -> Array:
        """[count, width] items of a buffer view, without copying."""
        if view >= len(self.model.bufferViews):
            raise self._bad(f"buffer view {view} does not exist")
        item = self.model.bufferViews[view]
        if "EXT_meshopt_compression" in item.extensions:
            raise compressed(self.blob, "meshopt")
        buffer = self._buffer(item.buffer)
        size = code.itemsize * width
        stride = item.byteStride or size
        last = offset + stride * (count - 1) + size if count else 0
        end = item.byteOffset + item.byteLength
        if end > len(buffer) or last > item.byteLength or stride < size:
            raise self._bad(f"buffer view {view} does not hold the data that it declares")
        start = item.byteOffset + offset
        if not count:
            return np.zeros((0, width), code)
        return np.ndarray((count, width), code, buffer, start, (stride, code.itemsize))

    def _buffer(self, index: int) -> bytes:
        if index not in self.buffers:
            if index >= len(self.model.buffers):
                raise self._bad(f"buffer {index} does not exist")
            self.buffers[index] = self._load(index)
        return self.buffers[index]

    def _load(self, index: int) -> bytes:
        item = self.model.buffers[index]
        if item.uri is None:
            if index != 0 or self.binary is None:
                raise self._bad(f"buffer {index} has no data")
            return self.binary
        if item.uri.startswith("data:"):
            head, _, body = item.uri.partition(",")
            try:
                return base64.b64decode(body, validate=True) if head.endswith(";base64") else b""
            except (binascii.Error, ValueError):
                raise self._bad(f"buffer {index} is no valid base64") from None
        path = neighbour(self.blob, item.uri, "buffer", quoted=True)
        try:
            if not path.is_file():
                raise OSError
            with path.open("rb") as stream:
                data = stream.read(min(item.byteLength, MAX_BYTES - self.fetched))
        except OSError:
            raise self.blob.error(
                f"its buffer '{path.name}' is missing or cannot be opened; put it beside the file, "
                "or export the model as one GLB."
            ) from None
        self.fetched += len(data)
        return data

    def _bad(self, what: str) -> Exception:
        return self.blob.error(f"{what}: the file is damaged; {_AGAIN}")


def compressed(blob: Blob, method: str) -> Exception:
    """The error for geometry in a compression that is not read."""
    return blob.error(
        f"its geometry is compressed with {method}, which is not read; export it again with "
        "compression switched off."
    )
