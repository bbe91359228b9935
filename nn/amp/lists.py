"""In which dtype autocast runs an operator: PyTorch's lists (ATen/autocast_mode).

They differ between devices, as there: on "cuda" functions whose values leave float16's range run in
float32, on "cpu" losses do. What is in no list runs in the dtype of its inputs, by the rules of
`nn.promotion`; `cat` and `stack` so run in the widest. An operator stands in a list under its own
name, also where PyTorch's list has what it calls: lp_pool2d and local_response_norm raise to a
power. PyTorch has no name for the fused operators: they stand beside the convolution that they
begin with.
"""

PRODUCTS = frozenset(
    "conv1d conv2d conv_transpose2d linear prelu conv2d_relu conv2d_relu_max_pool2d".split()
)
LOSSES = frozenset(
    "binary_cross_entropy_with_logits cross_entropy huber_loss l1_loss mse_loss nll_loss"
    " smooth_l1_loss".split()
)

# The operators that run in autocast's dtype, and those that run in float32.
SHORTER = {"cpu": PRODUCTS, "cuda": PRODUCTS}
FLOAT32 = {
    "cpu": LOSSES
    | {"binary_cross_entropy", "local_response_norm", "max_unpool2d"}
    | {"pad reflect", "pad replicate"},
    "cuda": LOSSES
    | frozenset(
        "exp group_norm interpolate layer_norm local_response_norm log log_softmax lp_pool2d pow"
        " pow_tensor reciprocal rsqrt softmax softplus sum vector_norm".split()
    ),
}
# On "cuda" it is refused: a probability that float16 rounds to 1 has no logarithm of 1 - p.
REFUSED = {"cpu": frozenset(), "cuda": frozenset({"binary_cross_entropy"})}
