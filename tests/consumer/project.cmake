# Used as the CMakeLists.txt of a project outside of the tree.
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(mqcoap 0.1 REQUIRED COMPONENTS testing)
add_executable(consumer consumer.cpp)
target_link_libraries(consumer PRIVATE mqcoap::mqcoap)
add_executable(without_broker without_broker.cpp)
target_link_libraries(without_broker PRIVATE mqcoap::testing)
