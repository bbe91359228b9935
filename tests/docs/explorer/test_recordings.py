"""The recordings are what the kernels do: held against their formulas and the memory microscope."""

import json
import subprocess
import sys
from pathlib import Path

import assemble
import numpy as np
import pytest
import recordings

from crosscheck.kernels import convolution
from crosscheck.kernels.cpu import recording
from crosscheck.kernels.inspect.memory.lines import summarise

IMAGE, WARP, SECTOR = 16, 32, 32


@pytest.fixture(scope="module")
def recorded():
    """In a process of its own: a compiler numbers places by what it compiled before."""
    code = "import json, recordings; print(json.dumps(recordings.record()))"
    folder = Path(recordings.__file__).parent
    made = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, check=True)
    return json.loads(made.stdout)


def of(recorded, algorithm, geometry):
    return next(
        each
        for each in recorded
        if each["algorithm"] == algorithm and each["geometry"] == [*geometry]
    )


def requests(kernel, block, warp, array):
    """Return the requests of a warp for an array, each as {lane: address}."""
    timeline = next(each[2] for each in kernel["warps"] if each[:2] == [block, warp])
    found = [kernel["requests"][number] for number in timeline]
    return [
        {
            first + i: base + start + i * step
            for first, count, start, step in kernel["patterns"][pattern]
            for i in range(count)
        }
        for line, pattern, base, *_ in found
        if kernel["lines"][line][0] == array
    ]


def test_the_page_is_what_its_source_and_the_kernels_make_now(recorded, monkeypatch):
    monkeypatch.setattr(recordings, "record", lambda: recorded)
    if (assemble.FOLDER / "index.html").read_text() != assemble.page():
        pytest.fail("docs/explorer/index.html is not; run: python docs/explorer/assemble.py")


@pytest.mark.parametrize(
    "geometry",
    [
        (3, "same", 1, 1),
        (3, "valid", 1, 1),
        (3, "full", 1, 1),
        (3, "same", 2, 1),
        (3, "same", 1, 2),
        (5, "same", 1, 1),
    ],
)
def test_a_warp_of_direct_reads_the_pixels_of_one_tap_together(recorded, geometry):
    size, padding, stride, dilation = geometry
    kernel = of(recorded, "direct", geometry)
    corner = {"valid": 0, "same": dilation * (size - 1) // 2, "full": size - 1}[padding]
    side = {"valid": 14, "same": IMAGE // stride, "full": 18}[padding]
    for block, warp, _ in kernel["warps"]:
        thread = block * kernel["threads"] + warp * WARP
        outputs = np.arange(thread, thread + WARP) % side**2  # the last may be of filter 1
        p, q = np.divmod(outputs, side)
        wanted = []
        for r in range(size):
            for s in range(size):
                h, w = (at * stride - corner + tap * dilation for at, tap in ((p, r), (q, s)))
                inside = (h >= 0) & (h < IMAGE) & (w >= 0) & (w < IMAGE)
                lanes = np.flatnonzero(inside).tolist()
                if lanes:
                    wanted.append({lane: int(4 * (h[lane] * IMAGE + w[lane])) for lane in lanes})
        assert requests(kernel, block, warp, "x") == wanted


def test_every_output_of_filter_0_has_one_thread(recorded):
    for kernel in recorded:
        stored = [
            address
            for block, warp, _ in kernel["warps"]
            for request in requests(kernel, block, warp, "y")
            for address in request.values()
        ]
        size, padding, stride, dilation = kernel["geometry"]
        reach = dilation * (size - 1)
        around = {"valid": 0, "same": reach, "full": 2 * reach}[padding]
        side = (IMAGE + around - reach - 1) // stride + 1
        mine = sorted(address for address in stored if address < 4 * side**2)
        assert mine == list(range(0, 4 * side**2, 4))


def test_each_request_costs_what_its_addresses_say(recorded):
    for kernel in recorded:
        for line, pattern, base, cost, _ in kernel["requests"]:
            _, _, space, size, _ = kernel["lines"][line]
            runs = kernel["patterns"][pattern]
            lanes = [
                (first + i, base + start + i * step)
                for first, count, start, step in runs
                for i in range(count)
            ]
            if space == "global":
                touched = {(at + byte) // SECTOR for _, at in lanes for byte in range(size)}
                assert cost == len(touched)
                continue
            passes = 0
            together = WARP * 4 // size  # lanes that are served together
            for part in range(0, WARP, together):
                words = {
                    (at + 4 * i) // 4
                    for lane, at in lanes
                    if part <= lane < part + together
                    for i in range(size // 4)
                }
                if words:
                    passes += np.bincount([word % 32 for word in words]).max()
            assert cost == passes


@pytest.mark.parametrize("algorithm", ["direct", "tiled"])
def test_without_padding_the_totals_are_the_microscope_s(recorded, algorithm):
    x, w = np.ones((1, 1, IMAGE, IMAGE), np.float32), np.ones((64, 1, 3, 3), np.float32)
    with recording() as traces:
        convolution.forward(x, w, algorithm=algorithm)
    lines = summarise(traces[0][1])
    totals = of(recorded, algorithm, (3, "valid", 1, 1))["totals"]
    assert totals["requested"] == sum(line.bytes_requested for line in lines)
    assert totals["moved"] == sum(line.bytes_moved for line in lines)
    assert totals["passes"] == sum(line.passes for line in lines)


def test_loads_of_blocked_are_128_bits_wide_where_the_machine_code_s_are(recorded):
    lines = of(recorded, "blocked", (3, "same", 1, 1))["lines"]
    wide = {(array, kind, space) for array, kind, space, size, _ in lines if size == 16}
    assert wide == {
        ("w", "load", "global"),
        ("table", "load", "global"),
        ("weights", "store", "shared"),
        ("weights", "load", "shared"),
        ("images", "load", "shared"),
    }
