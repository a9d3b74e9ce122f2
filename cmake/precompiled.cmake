# Precompiled headers, and Asio's functions, which are compiled once. Both only save time: with
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON, the same programs are built.
#
# A precompiled header fits targets with the same options and definitions, so all of them link the same
# libraries and are position independent. Tests have a separate one (tests/unit/CMakeLists.txt), because they
# are not optimized.
add_library(mqcoap_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/asio.cpp)
add_library(mqcoap::asio ALIAS mqcoap_asio)
set_target_properties(mqcoap_asio PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_compile_definitions(mqcoap_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION)
target_compile_options(mqcoap_asio PRIVATE -fno-semantic-interposition)
target_link_libraries(mqcoap_asio PUBLIC Boost::headers Boost::json Threads::Threads PRIVATE spdlog::spdlog)
# Identified by name, so that a compiler cache works for several checkouts.
target_include_directories(mqcoap_asio PRIVATE ${PROJECT_SOURCE_DIR}/cmake)
target_precompile_headers(mqcoap_asio PRIVATE <precompiled.hpp>)

# Makes a target that links mqcoap::asio use the precompiled header.
function(mqcoap_precompile target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE -fno-semantic-interposition)
  target_link_libraries(${target} PRIVATE mqcoap::asio spdlog::spdlog)
  target_precompile_headers(${target} REUSE_FROM mqcoap_asio)
endfunction()
