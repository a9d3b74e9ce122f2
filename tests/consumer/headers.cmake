# Used as the CMakeLists.txt of a project that compiles every installed header separately.
cmake_minimum_required(VERSION 3.25)
project(headers LANGUAGES CXX)
find_package(mqcoap 0.1 REQUIRED)
file(GLOB sources *.cpp)
add_library(headers OBJECT ${sources})
target_link_libraries(headers PRIVATE mqcoap::mqcoap)
target_compile_options(headers PRIVATE -Wall -Wextra -Wpedantic -Werror -O0)
