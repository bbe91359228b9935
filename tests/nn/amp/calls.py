"""Calls of every function that autocast may cast, for PyTorch's modules and for ours."""

BATCH = (2, 4, 6, 6)
ONE_INPUT = {  # (functional, tensor methods' module, x of shape BATCH)
    "relu": lambda f, m, x: f.relu(x),
    "gelu": lambda f, m, x: f.gelu(x),
    "softplus": lambda f, m, x: f.softplus(x),
    "softmax": lambda f, m, x: f.softmax(x, dim=1),
    "log_softmax": lambda f, m, x: f.log_softmax(x, dim=1),
    "max_pool2d": lambda f, m, x: f.max_pool2d(x, 2),
    "max_unpool2d": lambda f, m, x: f.max_unpool2d(
        *f.max_pool2d(x, 2, return_indices=True), kernel_size=2
    ),
    "lp_pool2d": lambda f, m, x: f.lp_pool2d(x, 2, 2),
    "avg_pool2d": lambda f, m, x: f.avg_pool2d(x, 2),
    "adaptive_avg_pool2d": lambda f, m, x: f.adaptive_avg_pool2d(x, 2),
    "pad": lambda f, m, x: f.pad(x, (1, 1, 1, 1)),
    "pad reflect": lambda f, m, x: f.pad(x, (1, 1, 1, 1), mode="reflect"),
    "pad replicate": lambda f, m, x: f.pad(x, (1, 1, 1, 1), mode="replicate"),
    "interpolate nearest": lambda f, m, x: f.interpolate(x, scale_factor=2),
    "interpolate area": lambda f, m, x: f.interpolate(x, scale_factor=0.5, mode="area"),
    "interpolate bilinear": lambda f, m, x: f.interpolate(x, scale_factor=2, mode="bilinear"),
    "pixel_shuffle": lambda f, m, x: f.pixel_shuffle(x, 2),
    "unfold": lambda f, m, x: f.unfold(x, 2),
    "local_response_norm": lambda f, m, x: f.local_response_norm(x, 2),
    "instance_norm": lambda f, m, x: f.instance_norm(x),
    "group_norm": lambda f, m, x: f.group_norm(x, 2),
    "layer_norm": lambda f, m, x: f.layer_norm(x, (6,)),
    "exp": lambda f, m, x: m.exp(x),
    "pow": lambda f, m, x: x**2,
    "pow of tensors": lambda f, m, x: m.abs(x) ** x,
    "sqrt": lambda f, m, x: m.sqrt(m.abs(x)),
    "rsqrt": lambda f, m, x: m.rsqrt(m.abs(x) + 1),
    "sum": lambda f, m, x: x.sum(1),
    "mean": lambda f, m, x: x.mean(1),
    "norm": lambda f, m, x: m.norm(x),
    "vector_norm": lambda f, m, x: m.linalg.vector_norm(x, 3),
    "var": lambda f, m, x: m.var(x),
    "times a number": lambda f, m, x: x * 0.1,
    "max": lambda f, m, x: x.max(1)[0],
}
TWO_INPUTS = {  # of x and another, y, of the same shape
    "linear": lambda f, m, x, y: f.linear(x, y[0, 0], y[0, 0, 0]),
    "matmul": lambda f, m, x, y: x @ y,
    "mm": lambda f, m, x, y: m.mm(x[0, 0], y[0, 0]),
    "bmm": lambda f, m, x, y: m.bmm(x[0], y[0]),
    "conv2d": lambda f, m, x, y: f.conv2d(x, y[:, :, :3, :3]),
    "conv1d": lambda f, m, x, y: f.conv1d(x[:, :, 0], y[:, :, 0, :3]),
    "conv_transpose2d": lambda f, m, x, y: f.conv_transpose2d(
        x, y[:, :, :3, :3].reshape(4, 2, 3, 3)
    ),
    "prelu": lambda f, m, x, y: f.prelu(x, y[0, :, 0, 0]),
    "add": lambda f, m, x, y: x + y,
    "mul": lambda f, m, x, y: x * y,
    "cat": lambda f, m, x, y: m.cat([x, y]),
    "stack": lambda f, m, x, y: m.stack([x, y]),
    "batch_norm": lambda f, m, x, y: f.batch_norm(
        x, None, None, y[0, :, 0, 0], y[1, :, 0, 0], training=True
    ),
    "mse_loss": lambda f, m, x, y: f.mse_loss(x, y),
    "l1_loss": lambda f, m, x, y: f.l1_loss(x, y),
    "smooth_l1_loss": lambda f, m, x, y: f.smooth_l1_loss(x, y),
    "huber_loss": lambda f, m, x, y: f.huber_loss(x, y),
    "binary_cross_entropy": lambda f, m, x, y: f.binary_cross_entropy(m.sigmoid(x), m.sigmoid(y)),
    "binary_cross_entropy_with_logits": lambda f, m, x, y: f.binary_cross_entropy_with_logits(
        x, m.sigmoid(y)
    ),
    "cross_entropy": lambda f, m, x, y: f.cross_entropy(x, m.softmax(y, 1)),
}
CALLS = {name: lambda f, m, x, y, call=call: call(f, m, x) for name, call in ONE_INPUT.items()}
CALLS |= TWO_INPUTS
