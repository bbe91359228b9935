"""GPUs and their figures, for predictions without one: a source stands above each.

Data sheets and architecture papers are NVIDIA's. The L2 bandwidth is published of the A100 alone; 0
where it is not. Lanes, occupancy and what an SM issues follow from the compute capability
(kernels/inspect). A V100 is missing because the compiler, of CUDA 13, knows it no more.

A prediction takes the boost clock. A card that runs faster than that, as gaming cards do for a
while, computes faster than predicted by as much.
"""

from dataclasses import dataclass

from crosscheck.kernels.inspect.ceiling import RATES

# KiB of an SM's L1 cache and shared memory together.
L1_KIB = {
    (7, 5): 96,
    (8, 0): 192,
    (8, 6): 128,
    (8, 9): 128,
    (9, 0): 256,
    (10, 0): 256,
    (12, 0): 128,
}


@dataclass(frozen=True)
class Gpu:
    """A GPU.

    name           as NVIDIA calls it
    capability     compute capability
    sms            streaming multiprocessors
    clock          boost, in Hz
    bandwidth      of its memory, in bytes a second
    l2             its size in bytes
    l2_bandwidth   reads, in bytes a second; 0: not published
    """

    name: str
    capability: tuple[int, int]
    sms: int
    clock: float
    bandwidth: float
    l2: int
    l2_bandwidth: float = 0.0

    @property
    def lanes(self) -> int:
        """Lanes of 32-bit FMAs of an SM."""
        return RATES[self.capability][0]

    @property
    def ffma(self) -> float:
        """Float32 operations in a second, 2 a multiply-add."""
        return 2 * self.lanes * self.sms * self.clock

    @property
    def l1(self) -> int:
        """Bytes of an SM's L1 cache and shared memory together."""
        return L1_KIB[self.capability] * 1024


MIB = 2**20

GPUS = {
    # Turing paper, table of the T4: SMs, clock, L2; data sheet: bandwidth.
    "t4": Gpu("T4", (7, 5), 40, 1590e6, 320e9, 4 * MIB),
    # Data sheet: bandwidth, and 31.2 Tflop/s, which with the GA102 paper's lanes gives the clock.
    "a10": Gpu("A10", (8, 6), 72, 1695e6, 600e9, 6 * MIB),
    # GA100 paper: SMs, clock, L2 and its 5120 bytes a cycle; data sheet of 80 GB: bandwidth.
    "a100": Gpu("A100 SXM 80 GB", (8, 0), 108, 1410e6, 2039e9, 40 * MIB, 5120 * 1410e6),
    # GA102 paper, appendix: all.
    "rtx3090": Gpu("GeForce RTX 3090", (8, 6), 82, 1695e6, 936e9, 6 * MIB),
    # Data sheet: bandwidth, and 30.3 Tflop/s, which with the Ada paper's lanes gives the clock.
    "l4": Gpu("L4", (8, 9), 58, 2040e6, 300e9, 48 * MIB),
    # Data sheet: bandwidth, and 91.6 Tflop/s; as of the L4. L2: the Ada paper's whole AD102.
    "l40s": Gpu("L40S", (8, 9), 142, 2520e6, 864e9, 96 * MIB),
    # Ada paper, appendix: all.
    "rtx4090": Gpu("GeForce RTX 4090", (8, 9), 128, 2520e6, 1008e9, 72 * MIB),
    # GH100 paper: SMs, L2, and 66.9 Tflop/s, which gives the clock; data sheet: bandwidth.
    "h100": Gpu("H100 SXM", (9, 0), 132, 1980e6, 3350e9, 50 * MIB),
    # Data sheet: bandwidth, and the H100's 67 Tflop/s: the same chip.
    "h200": Gpu("H200 SXM", (9, 0), 132, 1980e6, 4800e9, 50 * MIB),
    # HGX data sheet: bandwidth, 600 Tflop/s of eight. SMs, clock, L2: what its driver says.
    "b200": Gpu("B200 SXM", (10, 0), 148, 1965e6, 8000e9, 126 * MIB),
    # RTX Blackwell paper, appendix: all.
    "rtx5090": Gpu("GeForce RTX 5090", (12, 0), 170, 2407e6, 1792e9, 96 * MIB),
}
