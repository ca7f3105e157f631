# assay_library(NAME [GLOBS pattern...] [DEPS target...] [PRIVATE_DEPS target...])
#   Makes the static library assay_NAME (alias assay::NAME) from the *.cpp files matched by GLOBS below the
#   current folder (default: *.cpp, this folder only).
function(assay_library name)
  cmake_parse_arguments(ARG "" "" "GLOBS;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT ARG_GLOBS)
    set(ARG_GLOBS *.cpp)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${ARG_GLOBS})
  add_library(assay_${name} STATIC ${sources})
  add_library(assay::${name} ALIAS assay_${name})
  target_include_directories(assay_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(assay_${name} PUBLIC ${ARG_DEPS} PRIVATE assay_flags ${ARG_PRIVATE_DEPS})
endfunction()
