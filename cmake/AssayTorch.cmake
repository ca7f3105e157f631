# Finds LibTorch in its PyPI wheel and defines assay::torch. The wheel's own CMake package asks for CUDA
# libraries that a machine without a GPU need not have, so the two libraries are linked directly.
#
#   ASSAY_TORCH_DIR   the wheel's torch folder (holding include/ and lib/); default: the one in .venv
if(NOT ASSAY_TORCH)
  return()
endif()
set(ASSAY_TORCH_DIR "" CACHE PATH "Folder of LibTorch (holding include/ and lib/); empty: look in .venv")

set(torch_dir "${ASSAY_TORCH_DIR}")
if(NOT torch_dir)
  file(GLOB found "${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch")
  if(found)
    list(GET found 0 torch_dir)
  endif()
endif()
set(torch_fix "run scripts/setup, or pass -DASSAY_TORCH_DIR=<wheel>/torch, or build without the trainer: -DASSAY_TORCH=OFF")
if(NOT EXISTS "${torch_dir}/include/ATen/ATen.h" OR NOT EXISTS "${torch_dir}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "LibTorch 2.11 is not in '${torch_dir}': ${torch_fix}")
endif()
file(STRINGS "${torch_dir}/include/torch/headeronly/version.h" torch_version REGEX "define TORCH_VERSION_M")
if(NOT torch_version MATCHES "MAJOR 2.*MINOR 11")
  message(WARNING "LibTorch in '${torch_dir}' is not 2.11, the version that assay is tested with")
endif()

add_library(assay_torch INTERFACE)
add_library(assay::torch ALIAS assay_torch)
# The wheel ships headers of other libraries too (its own {fmt} among them) that must not hide the system's:
# only LibTorch's own folders are shown.
set(torch_headers ${CMAKE_BINARY_DIR}/torch_headers)
file(MAKE_DIRECTORY ${torch_headers})
foreach(folder ATen c10 torch caffe2)
  file(CREATE_LINK "${torch_dir}/include/${folder}" ${torch_headers}/${folder} SYMBOLIC)
endforeach()
target_include_directories(assay_torch SYSTEM INTERFACE ${torch_headers} ${torch_headers}/torch/csrc/api/include)
# libtorch_cpu.so finds the CUDA run-time libraries beside it by its own RPATH; they need no GPU.
target_link_libraries(assay_torch INTERFACE "${torch_dir}/lib/libtorch_cpu.so" "${torch_dir}/lib/libc10.so")
target_link_options(assay_torch INTERFACE "LINKER:--allow-shlib-undefined")
