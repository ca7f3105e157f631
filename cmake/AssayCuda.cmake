# The GPU module's sources. ASSAY_CUDA=ON compiles them with nvcc; the tests' build compiles the same sources for an
# imitated GPU (runner/model/cuda/platform/emulated.h), so that nothing of CUDA is needed there.
set(cuda ${CMAKE_SOURCE_DIR}/runner/model/cuda)
file(GLOB ASSAY_CUDA_KERNELS CONFIGURE_DEPENDS ${cuda}/kernels/*.cu)
set(ASSAY_CUDA_SOURCES ${cuda}/backend.cpp ${cuda}/network.cpp ${cuda}/plan.cpp ${cuda}/step.cpp ${cuda}/weights.cpp
  ${ASSAY_CUDA_KERNELS})
set(ASSAY_CUDA_EMULATED ${ASSAY_CUDA_SOURCES} ${cuda}/device_emulated.cpp ${cuda}/blas_emulated.cpp
  ${cuda}/platform/emulated.cpp)
set(ASSAY_CUDA_NVIDIA ${ASSAY_CUDA_SOURCES} ${cuda}/open.cpp ${cuda}/device_nvidia.cpp ${cuda}/blas_nvidia.cpp)

if(ASSAY_CUDA)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 90-virtual CACHE STRING "GPU architectures to compile for")
  set(CMAKE_CUDA_STANDARD 20)
  if(CCACHE_PROGRAM)
    set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  endif()
  if(NOT CMAKE_CUDA_COMPILER AND EXISTS /usr/local/cuda/bin/nvcc)
    set(CMAKE_CUDA_COMPILER /usr/local/cuda/bin/nvcc)
  endif()
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
endif()

# Gives a target the module for real GPUs. The run-time library is linked in; cuBLASLt is loaded when needed, and the
# driver is found by the run-time library: the program starts without either.
function(assay_add_cuda target)
  target_sources(${target} PRIVATE ${ASSAY_CUDA_NVIDIA})
  # Sums are fused where the source says so, and nowhere else.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:--fmad=false --expt-relaxed-constexpr>)
  target_link_libraries(${target} PRIVATE CUDA::cudart_static ${CMAKE_DL_LIBS})
endfunction()
