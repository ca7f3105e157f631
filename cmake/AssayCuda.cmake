# The GPU module's sources. ASSAY_CUDA=ON compiles them with nvcc; the tests' build compiles the same sources for an
# imitated GPU (runner/model/cuda/platform/emulated.h), so that nothing of CUDA is needed there.
set(cuda ${CMAKE_SOURCE_DIR}/runner/model/cuda)
file(GLOB ASSAY_CUDA_KERNELS CONFIGURE_DEPENDS ${cuda}/kernels/*.cu)
set(ASSAY_CUDA_SOURCES ${cuda}/backend.cpp ${cuda}/link.cpp ${cuda}/network.cpp ${cuda}/plan.cpp ${cuda}/spread.cpp
  ${cuda}/step.cpp ${cuda}/weights.cpp)
set(ASSAY_CUDA_EMULATED ${ASSAY_CUDA_SOURCES} ${ASSAY_CUDA_KERNELS} ${cuda}/device_emulated.cpp ${cuda}/blas_emulated.cpp
  ${cuda}/link_emulated.cpp ${cuda}/platform/emulated.cpp)
set(ASSAY_CUDA_NVIDIA ${ASSAY_CUDA_SOURCES} ${cuda}/open.cpp ${cuda}/device_nvidia.cpp ${cuda}/blas_nvidia.cpp
  ${cuda}/link_nvidia.cpp)

if(ASSAY_CUDA)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 90-virtual CACHE STRING "GPU architectures to compile for")
  if(CCACHE_PROGRAM)
    set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  endif()
  if(NOT CMAKE_CUDA_COMPILER AND EXISTS /usr/local/cuda/bin/nvcc)
    set(CMAKE_CUDA_COMPILER /usr/local/cuda/bin/nvcc)
  endif()
  enable_language(CUDA)
  if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know that of nvcc 13
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
  endif()
  find_package(CUDAToolkit REQUIRED)
endif()

# Gives a target the module for real GPUs. The run-time library is linked in; cuBLASLt is loaded when needed, and the
# driver is found by the run-time library: the program starts without either.
function(assay_add_cuda target)
  add_library(assay_cuda_kernels OBJECT ${ASSAY_CUDA_KERNELS})
  set_target_properties(assay_cuda_kernels PROPERTIES CUDA_STANDARD 20)
  target_include_directories(assay_cuda_kernels PRIVATE ${CMAKE_SOURCE_DIR})
  # Sums are fused where the source says so, and nowhere else.
  target_compile_options(assay_cuda_kernels PRIVATE --fmad=false --expt-relaxed-constexpr)
  target_sources(${target} PRIVATE ${ASSAY_CUDA_NVIDIA} $<TARGET_OBJECTS:assay_cuda_kernels>)
  target_include_directories(${target} SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
  target_link_libraries(${target} PRIVATE CUDA::cudart_static ${CMAKE_DL_LIBS})
endfunction()
