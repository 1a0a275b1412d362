"""A layer type of one's own: cnnshape show net.yaml --plugin docs/my_layers.py"""

from cnnshape.layers import Example, Integer, Layer, LayerError, function_module, required


class PadChannels(Layer):
    """Adds channels of zeros: the shortcut without parameters of He et al., 2015 (option A).

    Args:
        out_channels: the channels that come out.
    """

    kind = "padding"
    out_channels = required(Integer(min=1))
    examples = (
        Example({"out_channels": 32}, (16, 8, 8), (32, 8, 8)),
        Example({"out_channels": 84}, (84,), (84,)),
    )

    def output_shape(self, inputs):
        channels, *size = inputs[0]
        if channels > self.out_channels:
            raise LayerError(
                f"PadChannels adds channels, but {channels} come in and {self.out_channels} go out",
                help=f"write out_channels: {channels} or more",
                field="out_channels",
            )
        return (self.out_channels, *size)

    def formula(self, inputs, output):
        channels = inputs[0][0]
        return f"{channels}+{self.out_channels - channels} = {self.out_channels}"

    def footprint(self, inputs, output):
        return super().footprint((output,), output)  # a position reads itself

    def module(self):
        import torch

        def pad(x):
            zeros = x.new_zeros(len(x), self.out_channels - x.shape[1], *x.shape[2:])
            return torch.cat([x, zeros], dim=1)

        return function_module(pad)
