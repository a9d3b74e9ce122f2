# Warnings and sanitizers for every target of the project; system headers stay silent.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow)
# Not -Wnon-virtual-dtor: it rejects every class derived from boost::system::error_category; -Wall has the useful
# part of it (-Wdelete-non-virtual-dtor).
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>)
# g++ 12 takes moved std::variant and std::optional for uninitialized at -O2; the sanitizers find the real ones.
add_compile_options(-Wno-maybe-uninitialized)
if(MQCOAP_WERROR)
  add_compile_options(-Werror)
endif()
if(MQCOAP_SANITIZE)
  add_compile_options(-fsanitize=${MQCOAP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MQCOAP_SANITIZE})
endif()

find_program(MQCOAP_CCACHE ccache)
if(MQCOAP_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${MQCOAP_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${MQCOAP_CCACHE})
endif()
