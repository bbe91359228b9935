"""The second view shows what was recorded, at the step of the first."""

import re

import pytest


@pytest.fixture
def gpu(page):
    page.click("button[data-view=gpu]")
    return page


def choose(page, algorithm):
    page.click(f"[data-algorithm={algorithm}]")


@pytest.mark.parametrize(
    "algorithm, thread",
    [
        # A block of 256 threads computes the 16 x 16 outputs of a filter.
        ("direct", "thread 131 of block 0, which is lane 3 of warp 4"),
        # 16 x 16 threads: 16 outputs, row 8 of the map, by 16 filters; 4 such tiles have 64.
        ("tiled", "thread 3 of block 32, which is lane 3 of warp 0"),
        # 64 outputs, 4 rows of the map, by 64 filters.
        ("blocked", "thread 0 of block 2, which is lane 0 of warp 0. It computes 64 outputs"),
    ],
)
def test_the_thread_of_the_output_is_named(gpu, algorithm, thread):
    choose(gpu, algorithm)
    assert thread in gpu.text_content("#gpu-thread")


def test_the_warp_s_pixels_are_marked_with_their_lanes(gpu):
    gpu.keyboard.press("Home")
    marks = gpu.evaluate("gpuImageMarks(gpuStep()).filter((mark) => mark.text)")
    # The first tap that any lane of rows 0 and 1 has inside the image: of lanes 17 to 31, pixel
    # (0, 0) to (0, 14); row 0 and column 0 have the padding there.
    assert {mark["text"]: (mark["h"], mark["w"]) for mark in marks} == {
        str(lane): (0, lane - 17) for lane in range(17, 32)
    }
    assert gpu.text_content("#gpu-caption") == (
        "15 lanes read 60 different bytes: 2 sectors of 32 bytes move, 94 % of what moves is used."
    )


def test_what_is_read_is_said_for_shared_memory_too(gpu):
    choose(gpu, "blocked")
    gpu.click("#gpu-arrays button:has-text('load images')")
    assert gpu.text_content("#gpu-source").startswith("b[j] = b_tile[")
    assert gpu.text_content("#gpu-caption") == (
        "32 lanes read shared memory, 16 bytes each, in 4 passes: no bank conflict."
    )
    gpu.click("#gpu-lanes summary")
    gpu.wait_for_selector("#gpu-lane-table tbody tr")
    assert gpu.text_content("#gpu-unit") == "Bank"
    assert gpu.locator("#gpu-lane-table tbody tr").count() == 32


def test_requests_are_stepped_through_by_keys(gpu):
    gpu.focus("#gpu-request")
    gpu.keyboard.press("End")
    assert gpu.text_content("#gpu-number") == "Request 19 of 19"
    assert gpu.get_attribute("#gpu-request", "aria-valuetext") == "19 of 19: store y"
    gpu.focus("#gpu-back")
    gpu.keyboard.press("Enter")
    assert gpu.text_content("#gpu-number") == "Request 18 of 19"


def test_a_tile_moves_fewer_bytes(gpu):
    moved = gpu.locator("#gpu-comparison tr:has-text('Bytes moved') td").all_text_contents()
    direct, tiled, _ = (int(re.sub(",", "", text)) for text in moved)
    assert direct == 778_240 and direct > 5 * tiled


@pytest.mark.parametrize("change", ["stride 4", "dilation 3", "channels 3", "size-of-image 8"])
def test_what_is_not_recorded_is_said_and_the_nearest_is_offered(gpu, change):
    control, value = change.split()
    gpu.select_option(f"#{control}", value)
    assert gpu.is_visible("#gpu-missing")
    for shown in ("#gpu-panel", "#gpu-thread", "#gpu-comparison"):
        assert not gpu.is_visible(shown)
    gpu.click("#gpu-take")
    assert gpu.is_visible("#gpu-panel") and not gpu.is_visible("#gpu-missing")
    assert gpu.input_value("#size-of-kernel") == "3"
