"""The words of other libraries for what is a layer type here, and for its arguments.

A row is a word and what it is here; `{d}` is the number of spatial dimensions. Words are written
in small letters and digits alone, without prefixes: torch.nn.Conv2d, tf.keras.layers.Conv2D and
conv2d are one. From Keras and TensorFlow, ONNX, the cfg files of Darknet and the YAML files of
YOLO, Caffe, MXNet and Gluon, Paddle, and the functions of torch.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

TYPES = {
    # Convolutions and full connections.
    "conv": "Conv{d}d", "convolution": "Conv{d}d", "convolutional": "Conv{d}d", "conv2": "Conv2d",
    "convolution1d": "Conv1d", "convolution2d": "Conv2d", "convolution3d": "Conv3d",
    "convnd": "Conv{d}d", "spatialconvolution": "Conv2d", "deconv": "ConvTranspose{d}d",
    "deconvolution": "ConvTranspose{d}d", "convtranspose": "ConvTranspose{d}d",
    "conv1dtranspose": "ConvTranspose1d", "conv2dtranspose": "ConvTranspose2d",
    "conv3dtranspose": "ConvTranspose3d", "transposedconv": "ConvTranspose{d}d",
    "transposeconv": "ConvTranspose{d}d", "transposedconv2d": "ConvTranspose2d",
    "transposedconvolution": "ConvTranspose{d}d", "deconv2d": "ConvTranspose2d",
    "deconvolution2d": "ConvTranspose2d", "upconv": "ConvTranspose{d}d",
    "upconv2d": "ConvTranspose2d", "convtransposed2d": "ConvTranspose2d",
    "conv2dtransposed": "ConvTranspose2d", "dense": "Linear", "fc": "Linear",
    "fullyconnected": "Linear", "innerproduct": "Linear", "gemm": "Linear", "connected": "Linear",
    "fullyconnectedlayer": "Linear", "denselayer": "Linear",
    # Normalisation.
    "batchnormalization": "BatchNorm{d}d", "batchnorm": "BatchNorm{d}d", "bn": "BatchNorm{d}d",
    "syncbatchnorm": "BatchNorm{d}d", "syncbatchnormalization": "BatchNorm{d}d",
    "instancenormalization": "InstanceNorm{d}d", "instancenorm": "InstanceNorm{d}d",
    "layernormalization": "LayerNorm", "ln": "LayerNorm", "groupnormalization": "GroupNorm",
    "gn": "GroupNorm", "rmsnormalization": "RMSNorm", "lrn": "LocalResponseNorm",
    "localresponsenormalization": "LocalResponseNorm", "localresponsenorm": "LocalResponseNorm",
    "crossmaplrn2d": "LocalResponseNorm", "l2normalize": "Normalize",
    "lpnormalization": "Normalize", "unitnormalization": "Normalize",
    # Pools.
    "maxpool": "MaxPool{d}d", "maxpooling": "MaxPool{d}d", "maxpooling1d": "MaxPool1d",
    "maxpooling2d": "MaxPool2d", "maxpooling3d": "MaxPool3d", "averagepool": "AvgPool{d}d",
    "avgpool": "AvgPool{d}d", "averagepooling": "AvgPool{d}d", "averagepooling1d": "AvgPool1d",
    "averagepooling2d": "AvgPool2d", "averagepooling3d": "AvgPool3d", "avgpooling2d": "AvgPool2d",
    "lppool": "LPPool{d}d", "meanpool": "AvgPool{d}d", "meanpooling2d": "AvgPool2d",
    "adaptiveavgpool": "AdaptiveAvgPool{d}d", "adaptivemaxpool": "AdaptiveMaxPool{d}d",
    "fractionalmaxpool": "FractionalMaxPool{d}d", "maxunpool": "MaxUnpool{d}d",
    "maxunpooling": "MaxUnpool{d}d",
    # Activations.
    "relu": "ReLU", "rectifier": "ReLU", "relu6": "ReLU6", "leakyrelu": "LeakyReLU",
    "leaky": "LeakyReLU", "lrelu": "LeakyReLU", "parametricrelu": "PReLU", "swish": "SiLU",
    "hardswish": "Hardswish", "hswish": "Hardswish", "hardsigmoid": "Hardsigmoid",
    "hsigmoid": "Hardsigmoid", "sigm": "Sigmoid", "logistic": "Sigmoid", "expit": "Sigmoid",
    "hardtanh": "Hardtanh", "geluactivation": "GELU", "tanh": "Tanh",
    "thresholdedrelu": "Threshold", "softmaxactivation": "Softmax", "softmaxoutput": "Softmax",
    "logsoftmax": "LogSoftmax",
    # Shape.
    "flattenlayer": "Flatten", "reshapelayer": "Reshape", "view": "Reshape", "resize": "Upsample",
    "interpolate": "Upsample", "interp": "Upsample", "upsampling": "Upsample",
    "upsampling1d": "Upsample", "upsampling2d": "Upsample", "upsampling3d": "Upsample",
    "upsample2d": "Upsample", "upsamplenearest": "Upsample", "upsamplebilinear": "Upsample",
    "pad": "ZeroPad{d}d", "padding": "ZeroPad{d}d", "zeropad": "ZeroPad{d}d",
    "zeropadding": "ZeroPad{d}d", "zeropadding1d": "ZeroPad1d", "zeropadding2d": "ZeroPad2d",
    "zeropadding3d": "ZeroPad3d", "reflectpad": "ReflectionPad{d}d",
    "reflectionpad": "ReflectionPad{d}d", "pixelshuffle2d": "PixelShuffle",
    "depthtospace": "PixelShuffle", "spacetodepth": "PixelUnshuffle", "cropping2d": "CenterCrop2d",
    "centercrop": "CenterCrop2d", "crop": "CropLike", "expanddims": "Unsqueeze",
    "swapaxes": "Transpose", "permutedims": "Permute", "shuffle": "ChannelShuffle",
    "shufflechannel": "ChannelShuffle",
    # Merges.
    "addition": "Add", "sum2": "Add", "shortcut": "Add", "eltwise": "Add", "elementwiseadd": "Add",
    "concatenate": "Concat", "concatenation": "Concat", "cat": "Concat", "route": "Concat",
    "depthconcat": "Concat", "filterconcat": "Concat", "mul": "Multiply", "product": "Multiply",
    "elementwisemultiply": "Multiply", "sub": "Subtract", "substract": "Subtract", "div": "Divide",
    "matrixmultiply": "MatMul", "bmm": "MatMul", "mm": "MatMul", "reducemean": "Mean",
    "reducesum": "Sum", "reducemax": "Max", "reducemin": "Min",
    # The rest.
    "multiheadattention": "MultiheadAttention", "multihead": "MultiheadAttention",
    "mha": "MultiheadAttention", "spatialdropout1d": "Dropout1d", "spatialdropout2d": "Dropout2d",
    "spatialdropout3d": "Dropout3d", "droppath": "StochasticDepth", "identitymap": "Identity",
    "noop": "Identity", "passthrough": "Identity", "clip": "Clamp", "rescaling": "Rescale",
    "normalization": "Standardize",
}  # fmt: skip
"""Words that are one type here."""

GLOBAL_POOLS = re.compile(
    r"global(average|avg|mean|max)(?:pool|pooling)([123])?d?\Z|gap([123]d)?\Z"
)
"""Words for a pool over the whole map, which is an adaptive pool with output_size: 1."""

SEVERAL = {
    ("separableconv", "separableconvolution", "depthwiseseparableconv", "sepconv", "dsconv"):
        "two layers here, for C channels: {{type: Conv{d}d, out_channels: C, kernel_size: 3, "
        "padding: 1, groups: C}} and {{type: Conv{d}d, out_channels: N, kernel_size: 1}}",
    ("depthwiseconv", "depthwiseconvolution", "convdw", "dwconv", "depthwise"):
        "{{type: Conv{d}d, out_channels: C, kernel_size: 3, padding: 1, groups: C}} here, "
        "for C channels",
    ("pointwiseconv", "pointwiseconvolution", "conv1x1"):
        "{{type: Conv{d}d, out_channels: N, kernel_size: 1}} here",
    ("seblock", "selayer", "squeezeexcitation", "squeezeandexcitation", "squeezeexcite", "se"):
        "branches here, for C channels: {{join: Multiply, branches: [[], [{{type: "
        "AdaptiveAvgPool{d}d, output_size: 1}}, {{type: Conv{d}d, out_channels: N, kernel_size: "
        "1}}, ReLU, {{type: Conv{d}d, out_channels: C, kernel_size: 1}}, Sigmoid]]}}",
    ("residual", "residualblock", "resblock", "basicblock", "skipconnection"):
        "branches here, for C channels: {{join: Add, branches: [[], [{{type: Conv{d}d, "
        "out_channels: C, kernel_size: 3, padding: 1}}, BatchNorm{d}d]]}}",
    ("convbnrelu", "convbnact", "convbn", "convnormactivation", "conv2dnormactivation", "cbl"):
        "a block here, or three layers: {{type: Conv{d}d, out_channels: N, kernel_size: 3, "
        "padding: 1}}, BatchNorm{d}d and ReLU",
    ("pool", "pooling"): "MaxPool{d}d or AvgPool{d}d here",
    ("activation", "act", "nonlinearity", "nonlinear", "activationfunction"):
        "the activation's own name here, such as ReLU, SiLU or Sigmoid",
    ("sequential",): "a group here: {{layers: [ReLU, Flatten]}}",
    ("input", "inputlayer", "placeholder", "data"):
        "no layer here: the spec's input: says what the network reads",
}  # fmt: skip
"""Words that are several layers here, or none: how they are written. C and N stand for numbers."""

ARGUMENTS = {
    "out_channels": "filters num_filters num_filter num_output out out_channel outchannels ch "
    "channels nout output_channels out_planes n_filters features planes num_kernels c2 cout",
    "in_channels": "in_channel inchannels input_channels in_planes num_input_channels c1 cin",
    "out_features": "units num_output num_hidden out output_dim out_dim num_units size hidden "
    "features output_size num_outputs n_out dim_out outputs neurons",
    "in_features": "input_dim in_dim input_size num_inputs n_in dim_in inputs in_units",
    "kernel_size": "kernel pool_size filter_size ksize kernel_shape size k window window_size "
    "kernels filter kernelsize pool kernel_sizes pool_kernel",
    "stride": "strides s step subsample stride_size strides_size",
    "padding": "pad pads p border_mode padding_size same paddings pad_size",
    "dilation": "dilations dilation_rate d dilate rate",
    "groups": "group num_group g num_groups",
    "num_groups": "groups group num_group",
    "bias": "use_bias bias_term with_bias has_bias",
    "p": "rate dropout drop_rate dropout_ratio prob drop_prob ratio probability",
    "negative_slope": "alpha leak slope leakiness",
    "eps": "epsilon",
    "size": "local_size depth_radius n output_size target_size scales nsize",
    "scale_factor": "scale size factor ratio upscale scales upsample_factor zoom",
    "mode": "interpolation method resize_mode resample_type",
    "output_size": "size pooled_size output_shape target_output_size",
    "dim": "axis dims axes",
    "dims": "axes perm axis dim order",
    "shape": "target_shape size newshape sizes",
    "unflattened_size": "shape size sizes",
    "start_dim": "axis",
    "num_heads": "heads nhead n_heads num_head",
    "upscale_factor": "block_size scale factor r upscale",
    "downscale_factor": "block_size stride factor r scale",
    "num_features": "channels features in_channels num_channels c",
    "normalized_shape": "axis shape size dim features",
    "ceil_mode": "ceil round_mode",
    "split_size": "sizes split_sizes split size",
    "chunks": "sections num n parts",
    "name": "id label layer_name",
    "from": "inputs input bottom bottoms src source reads parents",
    "repeat": "times repeats n count depth",
    "when": "if condition cond",
}
"""For each argument, what others call it; which is meant is tried."""

JOINS = {
    "sum": "Add",
    "plus": "Add",
    "+": "Add",
    "max": "Maximum",
    "min": "Minimum",
    "*": "Multiply",
    "times": "Multiply",
    "-": "Subtract",
    "/": "Divide",
}
"""What joins several values, by the words of Keras, Caffe and torch: Sum and Max read one here."""

ACTIVATIONS = {"linear": "", "none": "", "swish": "SiLU", "leaky": "LeakyReLU", "relu": "ReLU",
               "logistic": "Sigmoid"}  # fmt: skip
"""What an `activation:` argument may say, beside the names of types."""


def folded(word: str) -> str:
    """A word without its module, in small letters and digits: 'tf.nn.max_pool2d' is maxpool2d."""
    return re.sub(r"[^a-z0-9]", "", word.rpartition(".")[2].casefold())


def here(word: str, types: Iterable[str]) -> list[str]:
    """The types that a word may mean, the likeliest first; those that read other ranks too."""
    known = {folded(name): name for name in types}
    wanted = folded(word)
    pool = GLOBAL_POOLS.match(wanted)
    if pool:
        return _by_rank(
            "AdaptiveMaxPool{d}d" if pool[1] == "max" else "AdaptiveAvgPool{d}d", wanted
        )
    for candidate in (wanted, re.sub(r"layer\Z|(?<=\D)[123]d?\Z", "", wanted)):
        if candidate in TYPES:
            return _by_rank(TYPES[candidate], wanted)
        if candidate in known:
            return [known[candidate]]
    return [known[wanted + "2d"]] if wanted + "2d" in known else []


def argument_names(word: str, known: Collection[str]) -> list[str]:
    """Those of the known arguments that others call by this word, the likeliest first."""
    return [name for name, others in ARGUMENTS.items() if name in known and word in others.split()]


def written_out(word: str, d: int = 2) -> str:
    """How a word is written here that is no one type; '' for other words."""
    wanted = re.sub(r"(?<=\D)[123]d\Z", "", folded(word))
    for words, text in SEVERAL.items():
        if wanted in words or folded(word) in words:
            return text.format(d=d)
    return ""


def _by_rank(pattern: str, word: str) -> list[str]:
    """The pattern's types: of the rank that the word says, else of two dimensions first."""
    said = re.search(r"([123])d?\Z", word)
    ranks = said[1] if said else "213"
    return list(dict.fromkeys(pattern.format(d=rank) for rank in ranks))
