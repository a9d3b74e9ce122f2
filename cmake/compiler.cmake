# Warnings and sanitizers for every target of the project; system headers stay silent.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow)
# Not -Wnon-virtual-dtor: it rejects every class derived from boost::system::error_category; -Wall has the useful
# part of it (-Wdelete-non-virtual-dtor).
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>)
# g++ 12 takes moved std::variant and std::optional for uninitialized at -O2; the sanitizers find the real ones.
add_compile_options(-Wno-maybe-uninitialized)
# g++ 12 takes what operator+ gives for a string without room for more than its own 15 characters.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
endif()
# Some of these options are g++'s alone.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  add_compile_options(-Wno-unknown-warning-option)
endif()
# Where several sources are one: g++ takes a source for a header, and what another source names for what is shadowed.
set(MQCOAP_UNITY_OPTIONS -Wno-shadow $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
if(CMAKE_UNITY_BUILD)
  add_compile_options(${MQCOAP_UNITY_OPTIONS})
endif()
if(MQCOAP_WERROR)
  add_compile_options(-Werror)
endif()
if(MQCOAP_SANITIZE)
  add_compile_options(-fsanitize=${MQCOAP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MQCOAP_SANITIZE})
  # The thread sanitizer does not see what fences order. Asio's blocks have them beside its mutexes, which it sees.
  if(MQCOAP_SANITIZE STREQUAL thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-tsan)
  endif()
  # clang 14 cannot compile coroutines with it ("Cannot represent a difference across sections").
  if(MQCOAP_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    add_compile_options(-fno-sanitize=function)
  endif()
endif()
# What Debian builds its packages with; ours are built with these (packaging/debian/rules), and so are what is tested.
if(MQCOAP_HARDENING)
  include(CheckCXXCompilerFlag)
  foreach(flag stack-protector-strong stack-clash-protection cf-protection)
    check_cxx_compiler_flag(-f${flag} MQCOAP_HAS_${flag})  # the last one is for x86 alone
    if(MQCOAP_HAS_${flag})
      add_compile_options(-f${flag})
    endif()
  endforeach()
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  # Nothing tells in which folder it was built, and whether ccache has changed the command: it makes paths relative, and adds
  # an option.
  add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=../..=. -gno-record-gcc-switches)
  add_link_options(LINKER:-z,relro LINKER:-z,now)
endif()

# For sources that run for a person or at a start, and never for a request: they compile in two thirds of the time.
# Not so where the precompiled header would not fit them: without optimization, and from g++ 13 on, which takes a header
# only with the same options for loops.
set(MQCOAP_LESS_OPTIMIZED -O1)
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
if(build_type STREQUAL DEBUG OR "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}" MATCHES "-O0"
   OR (CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13))
  set(MQCOAP_LESS_OPTIMIZED "")
endif()

# Without these settings ccache keeps nothing that was compiled with a precompiled header, and finds nothing again in another
# folder: a package is built in a copy of the tree. Of clang's precompiled headers it can make no use.
find_program(MQCOAP_CCACHE ccache)
if(MQCOAP_CCACHE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  set(launcher env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_SLOPPINESS=pch_defines,time_macros ${MQCOAP_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()
