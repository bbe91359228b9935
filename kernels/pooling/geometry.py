"""Which taps a window has, and which windows an input element is in: one axis at a time.

Everything is unsigned. A window starts at p * stride in *padded* coordinates, where the first row
of padding is 0; input coordinates are `padding` less. `span` is the number of rows from a window's
first tap to its last.
"""

from crosscheck.kernels.launch import device_function, index


@device_function
def taps(p, span, stride, padding, dilation, extent):
    """Return (begin, end): window p reads begin, begin + dilation, ... below end, in the input."""
    start = p * stride
    if start < padding:
        missing = padding - start
        steps = (missing + dilation - 1) // dilation
        begin = steps * dilation - missing
    else:
        begin = start - padding
    left = extent + padding - start
    # The padding is at most half the window, so a window's last tap is never in the padding before
    # the input and the subtraction cannot wrap.
    end = start + min(span, left) - padding
    return begin, end


@device_function
def pixels(p, span, stride, padding, extent):
    """Return (begin, end) of window p in the input, where it reads every pixel between."""
    return taps(p, span, stride, padding, index(1), extent)


@device_function
def windows(h, span, stride, padding, count):
    """Return (begin, end): the windows whose span holds input row h, `count` windows in all."""
    position = h + padding
    begin = index(0)
    if position >= span:
        begin = (position - span) // stride + 1
    end = min(position // stride + 1, count)
    return begin, end
