"""Nets beyond torchvision's: the figures that their papers, authors and others print.

A figure that nobody prints and that is cnnshape's own says so by its name.
"""

from __future__ import annotations

from math import prod

import pytest

import cnnshape
from cnnshape import Network

UNITS = {"M": 1_000_000, "G": 1_000_000_000}


def as_printed(value: int | None, like: str) -> str:
    """A number as rounded as `like` is: 269,722 like '0.27M' is '0.27M'."""
    assert value is not None
    digits = len(like.partition(".")[2]) - 1 if "." in like else 0
    return f"{value / UNITS[like[-1]]:.{digits}f}{like[-1]}"


def sizes(net: Network, *paths: str) -> list[tuple[int, ...]]:
    """The output shapes of layers, by path."""
    return [net.by_path[path].output_shape for path in paths]


def count(net: Network, *types: str) -> int:
    """How many layers there are of some types."""
    return sum(node.type in types for node in net.layers)


PARAMETERS = {
    "He, Zhang, Ren and Sun, 2015, table 6": {
        "resnet20": "0.27M", "resnet32": "0.46M", "resnet44": "0.66M", "resnet56": "0.85M",
        "resnet110": "1.7M",
    },
    "Zagoruyko and Komodakis, 2016, table 4": {
        "wrn_16_8": "11.0M", "wrn_16_10": "17.1M", "wrn_22_8": "17.2M", "wrn_22_10": "26.8M",
        "wrn_28_10": "36.5M", "wrn_28_12": "52.5M", "wrn_40_1": "0.6M", "wrn_40_2": "2.2M",
        "wrn_40_4": "8.9M", "wrn_40_8": "35.7M",
    },
    "Huang, Liu, van der Maaten and Weinberger, 2016, table 2": {
        "densenet_40_12": "1.0M", "densenet_100_12": "7.0M", "densenet_100_24": "27.2M",
        "densenet_bc_100_12": "0.8M", "densenet_bc_190_40": "25.6M",
        "densenet_bc_250_24": "15.3M",
    },
    "Howard et al., 2017, table 6": {
        "mobilenet_v1_100": "4.2M", "mobilenet_v1_075": "2.6M", "mobilenet_v1_050": "1.3M",
        "mobilenet_v1_025": "0.5M",
    },
    "Trockman and Kolter, 2022, and timm's model cards": {
        "convmixer_1536_20": "51.6M", "convmixer_768_32": "21.1M",
        "convmixer_1024_20_ks9_p14": "24.4M",
    },
    "Dai, Dai, Qu, Li and Das, 2016, table 1": {
        "m3": "0.2M", "m11": "1.8M", "m18": "3.7M", "m34_res": "4M",
    },
    "MMAction2's table of models": {"c3d_ucf101": "78.4M"},
}  # fmt: skip

EXACT_PARAMETERS = {
    "the tables of models of osmr/imgclsmob, whose nets were written by others": {
        "inception_v4": 42_679_816, "darknet53": 41_609_928, "zfnet": 62_357_608,
        "nin_cifar10": 966_986, "xception": 22_855_952, "mobilenet_v1_100": 4_231_976,
        "mobilenet_v1_075": 2_585_560, "mobilenet_v1_050": 1_331_592,
        "mobilenet_v1_025": 470_072, "wrn_16_10": 17_116_634, "wrn_28_10": 36_479_194,
        "wrn_40_8": 35_748_314, "densenet_bc_100_12": 769_162,
        "densenet_bc_190_40": 25_624_430, "densenet_bc_250_24": 15_324_406,
    },
    "the summary of a Darknet-19 in PyTorch": {"darknet19": 20_842_376},
    "the table of models of YBIGTA/DL_Models, of its FCN-8s in PyTorch": {"fcn8s": 134_489_759},
    "MMAction2's metafile": {"c3d_ucf101": 78_409_573},
    "what resnet.py of akamaster/pytorch_resnet_cifar10 prints": {
        "resnet20": 269_722, "resnet32": 464_154, "resnet44": 658_586, "resnet56": 853_018,
        "resnet110": 1_727_962,
    },
}  # fmt: skip

MACS = {
    "Howard et al., 2017, table 6": {
        "mobilenet_v1_100": "569M", "mobilenet_v1_075": "325M", "mobilenet_v1_050": "149M",
        "mobilenet_v1_025": "41M",
    },
    "Lin et al., 2020, HRank, arXiv:2002.10179, of the nets before pruning": {
        "resnet56": "125.49M", "resnet110": "252.89M",
    },
    "timm's model cards": {"inception_v4": "12.3G", "darknet53": "9.3G"},
    # Its metafile prints 38.6G for the same net: see docs/proof.md.
    "MMAction2's table of models, there called FLOPs": {"c3d_ucf101": "38.5G"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "net", "printed"),
    [(source, net, text) for source, nets in PARAMETERS.items() for net, text in nets.items()],
)
def test_parameters(source: str, net: str, printed: str) -> None:
    assert as_printed(cnnshape.load(net).totals.params, printed) == printed, source


@pytest.mark.parametrize(
    ("source", "net", "printed"),
    [(source, net, text) for source, nets in MACS.items() for net, text in nets.items()],
)
def test_macs(source: str, net: str, printed: str) -> None:
    assert as_printed(cnnshape.load(net).totals.macs, printed) == printed, source


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "net", "exact"),
    [
        (source, net, exact)
        for source, nets in EXACT_PARAMETERS.items()
        for net, exact in nets.items()
    ],
)
def test_exact_parameters(source: str, net: str, exact: int) -> None:
    assert cnnshape.load(net).totals.params == exact, source


@pytest.mark.parametrize(
    ("net", "layer", "size"),
    [
        ("mobilenet_v1_100", "conv6.1.pointwise", 315),
        ("inception_v3", "Mixed_7c.concat1", 1311),
        ("inception_v4", "inception_c.2.concat1", 2071),
    ],
)
def test_receptive_fields(net: str, layer: str, size: int) -> None:
    """Araujo, Norris and Sim, 2019, Computing receptive fields, Distill: the table."""
    assert cnnshape.load(net).receptive_fields[layer] == (size, size)


WITHOUT_WEIGHTS = {
    "zfnet": ((3, 224, 224), {"ReLU": 7, "Dropout": 2, "LocalResponseNorm": 2, "MaxPool2d": 3}),
    "c3d_sports1m": ((3, 16, 112, 112), {"ReLU": 10, "Dropout": 2, "MaxPool3d": 5}),
    "resnet20": ((3, 32, 32), {"ReLU": 19}),
    "wrn_28_10": ((3, 32, 32), {"ReLU": 25}),
    "densenet_bc_100_12": ((3, 32, 32), {"ReLU": 99, "AvgPool2d": 2}),
    "mobilenet_v1_100": ((3, 224, 224), {"ReLU": 27}),
    "darknet19": ((3, 224, 224), {"LeakyReLU": 18, "MaxPool2d": 5}),
    "darknet53": ((3, 256, 256), {"LeakyReLU": 52, "MaxPool2d": 0}),
    "inception_v4": ((3, 299, 299), {"ReLU": 149, "Dropout": 1}),
    "nin_cifar10": ((3, 32, 32), {"ReLU": 9, "Dropout": 2, "MaxPool2d": 1, "AvgPool2d": 1}),
    "nin_imagenet": ((3, 224, 224), {"ReLU": 12, "Dropout": 1, "MaxPool2d": 3}),
    "convmixer_768_32": ((3, 224, 224), {"ReLU": 65}),
    "segnet": ((3, 360, 480), {"ReLU": 25, "MaxPool2d": 5, "MaxUnpool2d": 5}),
    "fcn8s": ((3, 500, 500), {"ReLU": 15, "Dropout": 2, "MaxPool2d": 5}),
    "unet3d": ((3, 116, 132, 132), {"ReLU": 14, "MaxPool3d": 3}),
    "vit_conv_stem_1gf": ((3, 224, 224), {"ReLU": 4, "BatchNorm2d": 4}),
    "m5": ((1, 32000), {"MaxPool1d": 4}),
}
"""Inputs, and how many layers of some types: counted in the papers' figures and authors' nets."""


@pytest.mark.parametrize("name", WITHOUT_WEIGHTS)
def test_inputs_and_layers_that_no_count_of_parameters_shows(name: str) -> None:
    net = cnnshape.load(name)
    input_shape, layers = WITHOUT_WEIGHTS[name]
    assert net.input_shape == input_shape
    assert {type: count(net, type) for type in layers} == layers


def test_a_network_in_network_for_imagenet_has_the_layers_of_its_authors_caffe_net() -> None:
    net = cnnshape.load("nin_imagenet")
    rows = [
        (node.layer.arguments["out_channels"], *node.layer.arguments["kernel_size"])
        for node in net.layers
        if node.type == "Conv2d"
    ]
    maps = [(11, 96, 96), (5, 256, 256), (3, 384, 384), (3, 1024, 1000)]
    assert rows == [
        row
        for size, first, last in maps
        for row in [(first, size, size), (first, 1, 1), (last, 1, 1)]
    ]
    pools = [node.layer.arguments for node in net.layers if node.type == "MaxPool2d"]
    assert [(pool["kernel_size"], pool["stride"]) for pool in pools] == [((3, 3), (2, 2))] * 3


@pytest.mark.parametrize(("size", "printed"), [(192, 418), (160, 290), (128, 186)])
def test_mobilenet_at_smaller_sizes(size: int, printed: int) -> None:
    """Howard et al., 2017, table 7, in millions rounded down: 290.7 at 160×160 stands as 290."""
    macs = cnnshape.load("mobilenet_v1", input=(3, size, size)).totals.macs
    assert macs is not None
    assert macs // UNITS["M"] == printed


def test_zfnet_has_the_sizes_of_figure_3() -> None:
    net = cnnshape.load("zfnet")
    assert sizes(net, "conv1", "pool1", "conv2", "pool2", "conv5", "pool5", "fc6") == [
        (96, 110, 110), (96, 55, 55), (256, 26, 26), (256, 13, 13), (256, 13, 13),
        (256, 6, 6), (4096,),
    ]  # fmt: skip


def test_nin_ends_in_a_map_for_each_class() -> None:
    cifar, imagenet = cnnshape.load("nin_cifar10"), cnnshape.load("nin_imagenet")
    assert sizes(cifar, "mlpconv3.cccp2") == [(10, 8, 8)]
    assert sizes(imagenet, "mlpconv4.cccp2") == [(1000, 6, 6)]
    assert count(cifar, "Linear") == count(imagenet, "Linear") == 0
    # The authors' page of their Caffe net says that its file has 29 MB: 28.97, of 2**20 bytes.
    assert round(4 * imagenet.totals.params / 2**20) == 29


def test_the_cifar_resnets_have_6n_plus_2_layers_and_nothing_to_learn_in_shortcuts() -> None:
    for depth in (20, 32, 44, 56, 110):
        net = cnnshape.load(f"resnet{depth}")
        assert count(net, "Conv2d", "Linear") == depth
        shortcuts = [node for node in net.layers if ".shortcut." in node.path]
        assert [node.type for node in shortcuts] == ["AvgPool2d", "ZeroPad3d"] * 2
        assert sizes(net, f"layer3.{depth // 6 - 1}.relu2") == [(64, 8, 8)]


def test_the_depth_in_the_name_of_wide_resnets_and_densenets() -> None:
    """The projections of WRN's shortcuts are not counted, as in the paper's formula 6n + 4."""
    for name, depth in (("wrn_28_10", 28), ("wrn_40_4", 40)):
        net = cnnshape.load(name)
        projections = [node for node in net.layers if node.path.endswith(".projection")]
        assert len(projections) == 3
        convolutions = count(net, "Conv2d") - len(projections)
        assert convolutions == 1 + depth - 4
    for name, depth in (("densenet_40_12", 40), ("densenet_bc_100_12", 100)):
        assert count(cnnshape.load(name), "Conv2d", "Linear") == depth


def test_xception_has_the_parameters_of_table_3() -> None:
    net = cnnshape.load("xception")
    assert net.totals.params == 22_855_952  # the paper's own figure
    # Figure 5: 19×19×728 come out of the entry flow, and 2048 features out of the exit flow.
    assert sizes(net, "middle.7.add1", "adaptiveavgpool2d1") == [(728, 19, 19), (2048, 1, 1)]


def test_inception_v4_has_the_sizes_of_figures_3_and_9() -> None:
    net = cnnshape.load("inception_v4")
    printed = {
        "stem.conv1.relu": (32, 149, 149),
        "stem.conv2.relu": (32, 147, 147),
        "stem.conv3.relu": (64, 147, 147),
        "stem.mixed1.concat1": (160, 73, 73),
        "stem.mixed2.concat1": (192, 71, 71),
        "stem.mixed3.concat1": (384, 35, 35),
        "inception_a.3.concat1": (384, 35, 35),
        "reduction_a.concat1": (1024, 17, 17),
        "inception_b.6.concat1": (1024, 17, 17),
        "reduction_b.concat1": (1536, 8, 8),
        "inception_c.2.concat1": (1536, 8, 8),
    }
    assert {path: net.by_path[path].output_shape for path in printed} == printed


def test_darknet19_has_the_operations_that_are_printed() -> None:
    """5.58 billion at 224×224: Redmon and Farhadi, 2016; 7.29 at 256×256: 2018, table 2.

    Of each layer at 256×256: the table that the program darknet prints.
    """
    assert as_printed(cnnshape.load("darknet19").totals.flops, "5.58G") == "5.58G"
    net = cnnshape.load("darknet19", input=(3, 256, 256))
    assert as_printed(net.totals.flops, "7.29G") == "7.29G"
    convolutions = [node for node in net.layers if node.type == "Conv2d"]
    assert len(convolutions) == 19
    first, *hidden, _ = convolutions
    assert as_printed(2 * (first.macs or 0), "0.113G") == "0.113G"
    for node in hidden:
        printed = "0.067G" if node.layer.arguments["kernel_size"] == (1, 1) else "0.604G"
        assert as_printed(2 * (node.macs or 0), printed) == printed


def test_darknet53_has_the_operations_that_the_program_prints() -> None:
    """Of each layer at 416×416, as darknet prints them for yolov3.cfg.

    Their sum, scaled to 256×256, is 18.57 billion; the paper's table 2 has 18.7.
    """
    net = cnnshape.load("darknet53", input=(3, 416, 416))
    first, *others = [node for node in net.layers if node.type == "Conv2d"]
    assert len(others) == 51
    assert as_printed(2 * (first.macs or 0), "0.299G") == "0.299G"
    for node in others:
        printed = "0.177G" if node.layer.arguments["kernel_size"] == (1, 1) else "1.595G"
        assert as_printed(2 * (node.macs or 0), printed) == printed
    assert as_printed(cnnshape.load("darknet53").totals.flops, "18.57G") == "18.57G"


def test_segnet_goes_back_through_the_sizes_of_its_pools() -> None:
    """The paper: 14.7 million parameters of the encoder, 13 convolutions, and 13 of the decoder.

    The sizes 23×30 and 45×60, which no doubling gives, stand in the authors' Caffe net.
    """
    net = cnnshape.load("segnet")
    widths = [node.output_shape[0] for node in net.layers if node.type == "Conv2d"]
    encoder = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    decoder = [512] * 5 + [256] * 3 + [128] * 2 + [64] * 2 + [11]  # conv5_3_D to conv1_1_D
    assert widths == encoder + decoder
    kernels = {node.layer.arguments["kernel_size"] for node in net.layers if node.type == "Conv2d"}
    assert kernels == {(3, 3)}
    assert count(net, "BatchNorm2d") == 25  # every convolution's but the last one's
    first = [node for node in net.layers if node.path.startswith("encoder")]
    assert as_printed(sum(node.params for node in first), "14.7M") == "14.7M"
    assert sum(node.type == "Conv2d" for node in first) == 13
    unpooled = ["decoder5", "decoder4", "decoder3", "decoder2"]
    assert [shape[1:] for shape in sizes(net, *(f"{name}.unpool" for name in unpooled))] == [
        (23, 30), (45, 60), (90, 120), (180, 240),
    ]  # fmt: skip
    assert sizes(net, "pool5", "unpool1", "scores") == [
        (512, 12, 15), (64, 360, 480), (11, 360, 480),
    ]  # fmt: skip


def test_fcns_have_the_parameters_and_receptive_field_of_table_1() -> None:
    """134 million parameters (the enlarging is not learned), 404 pixels, a stride of 32."""
    for name, enlarged in (("fcn32s", 1), ("fcn16s", 2), ("fcn8s", 3)):
        net = cnnshape.load(name)
        fixed = [node for node in net.layers if node.type == "ConvTranspose2d"]
        assert len(fixed) == enlarged
        learned = net.totals.params - sum(node.params for node in fixed)
        assert as_printed(learned, "134M") == "134M"
        assert net.receptive_fields["score.conv"] == (404, 404)
        assert net.layers[-1].output_shape == (21, 500, 500)
    assert cnnshape.load("fcn32s").by_path["upscore.filters"].layer.arguments["stride"] == (32, 32)


def test_fcns_give_a_map_of_any_inputs_size() -> None:
    for size in ((375, 500), (333, 411), (96, 97)):
        for name in ("fcn32s", "fcn16s", "fcn8s"):
            net = cnnshape.load(name, input=(3, *size))
            assert net.layers[-1].output_shape[1:] == size


def test_the_3d_unet_has_the_parameters_and_sizes_of_the_paper() -> None:
    """19,069,955 parameters, which are those without batch normalization."""
    net = cnnshape.load("unet3d")
    normalization = sum(node.params for node in net.layers if node.type == "BatchNorm3d")
    assert net.totals.params - normalization == 19_069_955
    assert normalization == 4_672
    assert net.layers[-1].output_shape == (3, 28, 44, 44)
    # What the paper calls the receptive field, 155 × 155 × 180 µm at 1.76 × 1.76 × 2.04 µm a
    # voxel, is what a tile loses. A voxel of the result depends on 92 or 100, in the mean 96.
    lost = [before - after for before, after in zip((116, 132, 132), (28, 44, 44), strict=True)]
    assert [round(n * size) for n, size in zip(lost, (2.04, 1.76, 1.76), strict=True)] == [
        180, 155, 155,
    ]  # fmt: skip
    assert net.receptive_fields["head"] == (96, 96, 96)


def test_c3d_is_figure_3() -> None:
    net = cnnshape.load("c3d_sports1m")
    assert (count(net, "Conv3d"), count(net, "MaxPool3d"), count(net, "Linear")) == (8, 5, 3)
    assert sizes(net, *(f"stage{stage}.pool" for stage in range(1, 6))) == [
        (64, 16, 56, 56), (128, 8, 28, 28), (256, 4, 14, 14), (512, 2, 7, 7), (512, 1, 4, 4),
    ]  # fmt: skip
    assert net.by_path["fc6"].layer.arguments["in_features"] == 8192
    # By Araujo's sum over 3×3×3 convolutions and 2×2×2 pools; pool1 leaves time alone.
    depths, jumps = (1, 1, 2, 2, 2), [(1, 2, 4, 8, 16), (1, 1, 2, 4, 8)]
    space, time = (
        1 + sum(jump * (2 * n + pool) for n, jump, pool in zip(depths, axis, pools, strict=True))
        for axis, pools in zip(jumps, [(1,) * 5, (0, 1, 1, 1, 1)], strict=True)
    )
    assert net.receptive_fields["stage5.pool"] == (time, space, space) == (76, 150, 150)


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        ("m3", [256, 256]),
        ("m5", [128, 128, 256, 512]),
        ("m11", [64] * 3 + [128] * 2 + [256] * 3 + [512] * 2),
        ("m18", [64] * 5 + [128] * 4 + [256] * 4 + [512] * 4),
        ("m34_res", [48] * 7 + [96] * 8 + [192] * 12 + [384] * 6),
    ],
)
def test_nets_over_raw_waveforms_are_those_of_table_1(name: str, widths: list[int]) -> None:
    """Windows of 80 every 4 samples, then of 3; each normalized; and the lengths behind pools."""
    net = cnnshape.load(name)
    convolutions = [node.layer.arguments for node in net.layers if node.type == "Conv1d"]
    rows = [(c["kernel_size"], c["stride"], c["out_channels"]) for c in convolutions]
    first, *others = widths
    assert rows == [((80,), (4,), first), *(((3,), (1,), width) for width in others)]
    assert count(net, "BatchNorm1d") == count(net, "ReLU") == len(widths)
    assert count(net, "Linear") == 1
    lengths = [net.by_path[f"stage{stage}.pool"].output_shape[1] for stage in (1, 2, 3, 4)]
    assert net.by_path["conv1.conv"].output_shape[1] == 8000
    assert lengths == [2000, 500, 125, 32]


def test_m5_has_our_own_559114_parameters_which_table_1_prints_rounded_down() -> None:
    params = cnnshape.load("m5").totals.params
    assert params == 559_114
    assert params // 100_000 == 5  # '0.5M'


def test_a_wavenet_block_sees_1024_samples() -> None:
    """van den Oord et al., 2016, section 2.1: of each block of dilations 1, 2, 4 ... 512."""
    net = cnnshape.load("wavenet_stack")
    fields = net.receptive_fields
    before = fields["causal"]
    assert before == (2,)
    for block in range(5):
        after = fields[f"stack.{10 * block + 9}.gated.multiply1"]
        assert before is not None
        assert after is not None
        assert after[0] - before[0] + 1 == 1024
        before = after
    # The input is just what the last sample sees.
    assert fields["conv2"] == net.input_shape[1:] == (5117,)
    assert len(net.by_path["skips"].inputs) == 50


def test_wavenet_has_the_gates_and_the_head_of_equation_2_and_figure_4() -> None:
    """z = tanh(filter) * sigmoid(gate); after the skips ReLU, 1×1, ReLU, 1×1, Softmax."""
    net = cnnshape.load("wavenet_stack")
    for layer in range(50):
        gated = net.by_path[f"stack.{layer}.gated.multiply1"]
        activations = [net.by_path[path] for path in gated.inputs]
        assert [(node.type, node.inputs[0]) for node in activations] == [
            ("Tanh", f"stack.{layer}.gated.filter.conv"),
            ("Sigmoid", f"stack.{layer}.gated.gate.conv"),
        ]
    head = [node.type for node in net.layers[-5:]]
    assert head == ["ReLU", "Conv1d", "ReLU", "Conv1d", "Softmax"]


def test_the_dcgan_generator_has_the_sizes_of_figure_1_and_the_authors_weights() -> None:
    net = cnnshape.load("dcgan_generator")
    assert sizes(net, "reshape", "conv1.relu", "conv2.relu", "conv3.relu", "conv4") == [
        (1024, 4, 4), (512, 8, 8), (256, 16, 16), (128, 32, 32), (3, 64, 64),
    ]  # fmt: skip
    # The tensors of faces/train_uncond_dcgan.py, with ngf = 128 and nz = 100.
    weights = [
        (100, 16384), (16384,), (16384,), (1024, 512, 5, 5), (512,), (512,),
        (512, 256, 5, 5), (256,), (256,), (256, 128, 5, 5), (128,), (128,), (128, 3, 5, 5),
    ]  # fmt: skip
    assert net.totals.params == sum(map(prod, weights))


def test_espcn_has_2_5_times_fewer_parameters_than_srcnn_9_5_5() -> None:
    """Shi et al., 2016, "Run time evaluations"; SRCNN: 64 maps of 9×9, 32 of 5×5, one of 5×5."""
    net = cnnshape.load("espcn")
    srcnn = (81 * 64 + 64) + (25 * 64 * 32 + 32) + (25 * 32 + 1)
    assert f"{srcnn / net.totals.params:.1f}" == "2.5"
    assert net.layers[-1].output_shape == (1, 1080, 1920)


@pytest.mark.parametrize(
    ("name", "widths", "tokens"),
    [
        ("vit_conv_stem_1gf", [24, 48, 96, 192], 192),
        ("vit_conv_stem_4gf", [48, 96, 192, 384], 384),
        ("vit_conv_stem_18gf", [64, 128, 128, 256, 256, 512], 768),
    ],
)
def test_the_convolutional_stem_gives_the_tokens_of_16x16_patches(
    name: str, widths: list[int], tokens: int
) -> None:
    """Xiao et al., 2021, section 3: the output channels of the 3×3 convolutions."""
    net = cnnshape.load(name)
    *stem, _ = [node.output_shape[0] for node in net.layers if node.type == "Conv2d"]
    assert stem == widths
    assert sizes(net, "project", "tokens") == [(tokens, 14, 14), (196, tokens)]


@pytest.mark.parametrize(
    ("name", "size"),
    [("convmixer_1536_20", 32), ("convmixer_768_32", 32), ("convmixer_1024_20_ks9_p14", 16)],
)
def test_a_convmixer_keeps_the_size_of_its_patches(name: str, size: int) -> None:
    net = cnnshape.load(name)
    maps = [node for node in net.layers if len(node.output_shape) == 3][:-1]
    assert {node.output_shape[1:] for node in maps} == {(size, size)}


@pytest.mark.parametrize(
    ("name", "megabytes"),
    [("convmixer_1536_20", 207), ("convmixer_768_32", 85), ("convmixer_1024_20_ks9_p14", 98)],
)
def test_a_convmixers_file_is_as_large_as_its_authors_say(name: str, megabytes: int) -> None:
    """The table of weights in the README of the authors' repository: four bytes a number."""
    totals = cnnshape.load(name).totals
    assert round(4 * (totals.params + totals.buffers) / 1_000_000) == megabytes
