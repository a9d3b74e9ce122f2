# Used as the Makefile of a project outside of the tree.
CXXFLAGS += -std=c++20 -O0 $(shell pkg-config --cflags mqcoap)
LDLIBS = $(shell pkg-config --libs mqcoap)
all: consumer without_broker
without_broker: LDLIBS = $(shell pkg-config --libs mqcoap-testing)
consumer without_broker: %: %.cpp
	$(CXX) $(CXXFLAGS) -o $@ $< $(LDLIBS)
