# Becomes the Makefile of a project outside the tree.
CXXFLAGS += -std=c++20 -O0 $(shell pkg-config --cflags mqcoap)
LDLIBS = $(shell pkg-config --libs mqcoap)
consumer: consumer.cpp
	$(CXX) $(CXXFLAGS) -o $@ $< $(LDLIBS)
