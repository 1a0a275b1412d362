"""Small specs that every style of figure must cope with."""

from __future__ import annotations

import cnnshape
from cnnshape.network import Network

SMALL = {
    "one-dimensional": """
        input: [1, 16000]
        layers:
          - {type: Conv1d, out_channels: 64, kernel_size: 80, stride: 4}
          - BatchNorm1d
          - {type: MaxPool1d, kernel_size: 4}
          - {type: Conv1d, out_channels: 128, kernel_size: 3, dilation: 4}
          - {type: AdaptiveAvgPool1d, output_size: 1}
          - Flatten
          - {type: Linear, out_features: 35}
    """,
    "three-dimensional": """
        input: [3, 16, 112, 112]
        layers:
          - {type: Conv3d, out_channels: 8, kernel_size: 3, padding: 1}
          - {type: MaxPool3d, kernel_size: [1, 2, 2]}
          - {type: Conv3d, out_channels: 16, kernel_size: 3}
    """,
    "one layer": """
        input: [3, 8, 20]
        layers: [{type: Conv2d, out_channels: 2, kernel_size: [3, 5]}]
    """,
    "one activation": """
        input: [4]
        layers: [ReLU]
    """,
    "a single number": """
        input: [4]
        layers: [{type: Linear, out_features: 1}]
    """,
    "no dimension": """
        input: [3, 4, 4]
        layers:
          - {type: Mean, dim: [1, 2, 3]}
    """,
    "vectors": """
        input: [784]
        layers: [{type: Linear, out_features: 256}, ReLU, {type: Linear, out_features: 1}]
    """,
    "channels last": """
        input: [3, 6, 8]
        layers:
          - {type: Permute, dims: [0, 2, 3, 1]}
          - {type: LayerNorm, normalized_shape: [3]}
          - {type: Linear, in_features: 3, out_features: 5}
    """,
    "attention": """
        input: [16, 32]
        layers:
          - {type: MultiheadAttention, num_heads: 4, from: [input, input, input]}
          - {type: LayerNorm, normalized_shape: [32]}
          - {type: Linear, in_features: 32, out_features: 64}
    """,
    "two outputs": """
        input: [3, 64, 64]
        outputs: [classes, boxes]
        layers:
          - {name: body, type: Conv2d, out_channels: 32, kernel_size: 3, stride: 2}
          - {name: classes, type: Conv2d, out_channels: 10, kernel_size: 1}
          - {name: neck, type: Conv2d, out_channels: 16, kernel_size: 3, stride: 2, from: body}
          - {name: boxes, type: Conv2d, out_channels: 4, kernel_size: 1}
    """,
    "dense": """
        input: [8, 32, 32]
        layers:
          - {name: a, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          - {type: Concat, from: [input, a]}
          - {name: b, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          - {type: Concat, from: [input, a, b]}
          - {name: c, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
    """,
    "autoencoder": """
        input: [1, 28, 28]
        layers:
          - {name: e1, type: Conv2d, out_channels: 16, kernel_size: 3, stride: 2, padding: 1}
          - {name: e2, type: Conv2d, out_channels: 32, kernel_size: 3, stride: 2, padding: 1}
          - Flatten
          - {name: code, type: Linear, out_features: 16}
          - {name: wide, type: Linear, out_features: 1568}
          - {name: map, type: Unflatten, dim: 1, unflattened_size: [32, 7, 7]}
          - {name: d1, type: ConvTranspose2d, out_channels: 16, kernel_size: 2, stride: 2}
          - {name: d2, type: ConvTranspose2d, out_channels: 1, kernel_size: 2, stride: 2}
    """,
    "repeats in a branch": """
        input: [16, 32, 32]
        blocks:
          pair:
            layers:
              - {type: Conv2d, out_channels: 32, kernel_size: 3, padding: 1}
              - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1}
        layers:
          - join: Add
            branches:
              main: [pair, pair, pair, pair, pair]
              side: [{type: pair, repeat: 3}]
    """,
    "hostile names": r"""
name: |-
  <b>"net"</b> & {x|y} \N \G ]]> </script><script>alert(1)</script><!-- 신경망
  in two lines
reference: "</title><img src=x onerror=alert(2)>\u2028 line"
description: '<b onmouseover="alert(3)">bold</b> @@script@@'
input: [3, 64, 64]
blocks:
  'block <i>|\L "':
    layers:
      - {name: '한국어 이름', type: Conv2d, out_channels: 4, kernel_size: 1}
      - {name: '中文卷积层名称很长很长很长很长很长很长很长很长', type: ReLU}
  MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM:
    layers: [{type: Conv2d, out_channels: 8, kernel_size: 1}, {type: AvgPool2d, kernel_size: 1}]
layers:
  - {name: '<script>alert("1")</script>', type: Conv2d, out_channels: 8, kernel_size: 3}
  - name: 日本語の畳み込み層の名前はとても長いので折り返されます
    type: Conv2d
    out_channels: 8
    kernel_size: 1
  - {name: 'a\N\G\L{b|c}&amp;', type: 'block <i>|\L "', repeat: 3}
  - {name: '<b>&amp;', type: MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM, repeat: 3}
  - name: '이름이 매우 길고 또 길어서 제목에 다 들어가지 못하는 블록'
    type: MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM
  - {name: '<img src=x onerror=alert(4)>', type: Conv2d, out_channels: 8, kernel_size: 3}
  - {name: '"><svg onload=alert(5)>', type: ReLU}
  - {name: '@@data@@ ]]> --> </svg>', type: Conv2d, out_channels: 8, kernel_size: 3}
  - {name: 합성곱층하나둘셋넷다섯여섯일곱여덟아홉열하나둘셋넷다섯여섯일곱여덟,
     type: Upsample, scale_factor: 2}
  - {name: SupercalifragilisticexpialidociousSupercalifragilisticexpialidocious,
     type: MaxPool2d, kernel_size: 2}
  - {name: a_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on,
     type: Conv2d, out_channels: 16, kernel_size: 5}
  - {name: WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW, type: AvgPool2d, kernel_size: 2}
  - {name: 'x{y}|z\"q', type: Flatten}
  - {name: '<!--<script>', type: Linear, out_features: 10}
    """,
}


def network(name: str) -> Network:
    """A net of SMALL, or of the zoo."""
    return cnnshape.loads(SMALL[name]) if name in SMALL else cnnshape.load(name)
