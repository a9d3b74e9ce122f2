# Warnings and sanitizers for every target of the project; system headers stay silent.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow)
# Without -Wnon-virtual-dtor, which rejects every class derived from boost::system::error_category; -Wall
# contains its useful part (-Wdelete-non-virtual-dtor).
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>)
# At -O2, g++ 12 considers moved std::variant and std::optional to be uninitialized; the sanitizers
# find real cases.
add_compile_options(-Wno-maybe-uninitialized)
# g++ 12 to 14 consider the result of operator+ to be a string with room for only its own 15 characters.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
  add_compile_options(-Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
endif()
# Some of these options exist only in g++.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  add_compile_options(-Wno-unknown-warning-option)
endif()
# In unity builds, g++ takes a source for a header, and considers names of other sources to be shadowed.
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
  # The thread sanitizer does not see the ordering of fences. Asio's blocks use them in addition to mutexes,
  # which it sees.
  if(MQCOAP_SANITIZE STREQUAL thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-tsan)
  endif()
  # clang 14 cannot compile coroutines with this option ("Cannot represent a difference across sections").
  if(MQCOAP_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    add_compile_options(-fno-sanitize=function)
  endif()
endif()
# The hardening options of Debian's packages; ours are built with these (packaging/debian/rules), so the
# tested programs have them as well.
if(MQCOAP_HARDENING)
  include(CheckCXXCompilerFlag)
  foreach(flag stack-protector-strong stack-clash-protection cf-protection)
    check_cxx_compiler_flag(-f${flag} MQCOAP_HAS_${flag})  # the last one is for x86 alone
    if(MQCOAP_HAS_${flag})
      add_compile_options(-f${flag})
    endif()
  endforeach()
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  # The objects do not reveal in which folder they were built, or whether ccache has changed the command: it
  # makes paths relative and adds an option.
  add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=../..=. -gno-record-gcc-switches)
  add_link_options(LINKER:-z,relro LINKER:-z,now)
endif()

# For sources that run for a user or at start, and never for a request: they compile in two thirds of the
# time. Not used if the precompiled header would not match: without optimization, and since g++ 13, which
# accepts a header only with the same options for loops.
set(MQCOAP_LESS_OPTIMIZED -O1)
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
if(build_type STREQUAL DEBUG OR "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}" MATCHES "-O0"
   OR (CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13))
  set(MQCOAP_LESS_OPTIMIZED "")
endif()

# Without these settings ccache does not store what was compiled with a precompiled header, and finds
# nothing in another folder, although a package is built in a copy of the tree. It cannot use clang's
# precompiled headers.
find_program(MQCOAP_CCACHE ccache)
if(MQCOAP_CCACHE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  set(launcher env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_SLOPPINESS=pch_defines,time_macros ${MQCOAP_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()
