// trainer/model/tensors.h -- The one header through which LibTorch is seen: precompiled, and only
// included by sources of trainer/model.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
