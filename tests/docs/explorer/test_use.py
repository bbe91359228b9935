"""The page in use: keys, pointer, pen, file, screen reader, phone, dark."""

import re

import numpy as np
import pytest
from PIL import Image

PHONE = {"width": 360, "height": 740}


def step(page):
    return page.evaluate("[Math.floor(state.step / state.map.width), state.step % state.map.width]")


def test_arrow_keys_move_the_window_and_are_told(page):
    assert step(page) == [8, 3]
    for key, to in {
        "ArrowRight": [8, 4],
        "ArrowDown": [9, 4],
        "ArrowLeft": [9, 3],
        "ArrowUp": [8, 3],
        "Home": [0, 0],
        "End": [15, 15],
    }.items():
        page.keyboard.press(key)
        assert step(page) == to
    told = page.text_content("#live[aria-live=polite]")
    assert told == "Map row 15, column 15: 0. Window over image rows 14 to 16, columns 14 to 16."
    page.keyboard.press("ArrowRight")
    assert step(page) == [15, 15]


def test_arrow_keys_in_a_field_are_the_field_s(page):
    page.focus("#stride")
    page.keyboard.press("ArrowDown")
    assert step(page) == [4, 1] and page.input_value("#stride") == "2"  # the same place of the map
    page.focus("#kernel input")
    page.keyboard.press("ArrowRight")
    assert step(page) == [4, 1]


def test_space_plays_and_pauses(page):
    page.evaluate("element('speed').value = 30")
    page.keyboard.press("Space")
    page.wait_for_function("state.step >= 8 * 16 + 6")
    assert page.evaluate("state.filling")
    page.keyboard.press("Space")
    stopped = step(page)
    page.wait_for_timeout(150)
    assert step(page) == stopped
    assert page.text_content("#live").startswith(f"Map row {stopped[0]}, column {stopped[1]}")


def test_playing_ends_with_the_last_output(page):
    page.evaluate("element('speed').value = 30; goTo(254)")
    page.click("#play")
    page.wait_for_function("timer === null")
    assert step(page) == [15, 15]


def test_who_wants_less_motion_gets_a_step_a_second(open_page):
    page = open_page(reduced_motion="reduce")
    page.clock.install()
    page.evaluate("element('speed').value = 30; play()")
    page.clock.run_for(3900)
    assert step(page) == [8, 7]  # one at once, and one after each second


def test_a_click_moves_the_window_there(page):
    for canvas, before in (("#map", 0), ("#image", 1)):
        box = page.locator(canvas).bounding_box()
        cell = page.evaluate(f"places['{canvas[1:]}'].cell")
        page.mouse.click(box["x"] + (before + 5.5) * cell, box["y"] + (before + 2.5) * cell)
        assert step(page) == [2, 5]
        page.keyboard.press("Home")


def test_the_pen_draws_with_the_pointer_and_with_keys(page):
    page.select_option("#picture", "blank")
    page.click("#draw")
    box = page.locator("#image").bounding_box()
    cell = page.evaluate("places.image.cell")
    x, y = box["x"] + 1.5 * cell, box["y"] + 1.5 * cell  # pixel (0, 0), after the padding
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2 * cell, y, steps=4)
    page.mouse.up()
    page.focus("#image")
    for key in ("ArrowDown", "Enter", "ArrowLeft", "ArrowDown", "Space"):
        page.keyboard.press(key)
    wanted = np.zeros((16, 16))
    wanted[0, :3] = wanted[1, 2] = wanted[2, 1] = 9
    pixels = np.array(page.evaluate("[...state.image.channels[0]]")).reshape(16, 16)
    np.testing.assert_array_equal(pixels, wanted)
    assert page.input_value("#picture") == "own"
    assert page.evaluate("state.map.channels[0][16 + 1]") == 9 - 9 - 9  # left minus right


def test_a_file_becomes_the_image(page, tmp_path):
    pixels = np.zeros((40, 64, 3), np.uint8)
    pixels[:, 32:] = 200  # cut to the middle square: its right half is bright
    Image.fromarray(pixels).save(tmp_path / "half.png")
    page.set_input_files("#file", tmp_path / "half.png")
    page.wait_for_function("state.picture === 'file'")
    row = page.evaluate("[...state.image.channels[0].slice(64 * 32, 64 * 33)]")
    assert row[:30] == [0] * 30 and row[34:] == [200] * 30


def test_a_file_that_is_no_image_is_refused_by_name(page, tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    page.set_input_files("#file", tmp_path / "notes.txt")
    page.wait_for_selector("text=notes.txt is no image")
    assert page.evaluate("state.picture") == "house"


def test_weights_are_typed_as_fractions_and_what_is_no_number_is_refused(page):
    field = page.locator("#kernel input").nth(4)
    field.fill("1/16")
    field.press("Enter")
    assert page.evaluate("state.filters[0].weights[0][4]") == 1 / 16
    field.fill("much")
    field.press("Enter")
    assert page.text_content("[role=alert]").startswith("“much” is no number; expected one such")
    assert page.evaluate("state.filters[0].weights[0][4]") == 1 / 16
    assert field.get_attribute("aria-invalid") == "true"


def test_each_operation_is_found_as_it_was_left(page):
    page.click("[data-preset=gaussian]")
    page.select_option("#stride", "2")
    page.click("[data-operation=maximum]")
    assert page.input_value("#size-of-kernel") == "2"
    page.click("[data-operation=convolution]")
    assert page.input_value("#size-of-kernel") == "3" and page.input_value("#stride") == "2"
    assert page.get_attribute("[data-preset=gaussian]", "aria-pressed") == "true"


@pytest.mark.parametrize("view", ["window", "gpu"])
def test_everything_is_reached_by_tab_and_has_a_name(page, view):
    page.evaluate("view => { pen.on = true; change({ view }); }", view)
    named = """() => {
        const one = document.activeElement;
        const label = one.labels?.[0]?.textContent ?? '';
        const name = one.getAttribute('aria-label') ?? (one.textContent || label);
        one.dataset.reached = 'yes';
        return one === document.body ? null : name.trim();
    }"""
    for _ in range(120):
        page.keyboard.press("Tab")
        name = page.evaluate(named)
        if name is None:
            break
        assert name, page.evaluate("document.activeElement.outerHTML")
    missed = page.evaluate(
        """[...document.querySelectorAll('button, select, input, summary, canvas[tabindex]')]
            .filter((one) => one.offsetParent && !one.disabled && !one.dataset.reached)
            .map((one) => one.outerHTML)"""
    )
    assert missed == []


def test_the_tables_have_heads_of_rows_and_columns(page):
    page.click("#tables summary")
    page.wait_for_selector("#map-table tbody tr")
    assert page.locator("#map-table thead th[scope=col]").count() == 16
    assert page.locator("#map-table tbody th[scope=row]").count() == 16
    assert page.text_content("#map-table caption") == "Map"


@pytest.mark.parametrize("view", ["window", "gpu"])
def test_a_phone_scrolls_down_only(open_page, view):
    page = open_page(viewport=PHONE, has_touch=True)
    page.evaluate("element('fold').open = true; element('tables').open = true; showTables()")
    page.click(f"button[data-view={view}]")
    layers = [
        {"channels": 3, "channel": -1},
        {"operation": "transposed"},
        {"operation": "convolution", "channels": 1},
    ]
    for changes in layers:
        page.evaluate("changes => { change(changes); setGeometry('size', 5); }", changes)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for algorithm in ("tiled", "blocked"):
        page.evaluate("algorithm => gpuChoose({ algorithm, at: -1 })", algorithm)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def luminance(colour):
    parts = np.array([int(part) for part in re.findall(r"\d+", colour)[:3]]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page, scheme):
    page = open_page(color_scheme=scheme)
    style = "(name, one) => getComputedStyle(document.querySelector(one))[name]"
    back = luminance(page.evaluate(f"({style})('backgroundColor', 'body')"))
    assert (back > 0.5) == (scheme == "light")
    for text in ("body", ".hint", "header p", ".settings label", "#position"):
        front = luminance(page.evaluate(f"({style})('color', '{text}')"))
        low, high = sorted((front, back))
        assert (high + 0.05) / (low + 0.05) >= 4.5, text  # WCAG AA
