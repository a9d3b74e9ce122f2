#include "stage.hpp"

#include <stdexcept>

namespace mqcoap::test {
namespace {

std::unique_ptr<program> make_program(std::string_view who, const surroundings& in,
                                      const program_options& options) {
  if (who == "link") return make_bare_link(in, options);
  if (who == "front") return make_served_gateway(in, options);
  if (who == "field") return make_proxying_gateway(in, options);
  if (who == "client") return make_asking_client(in, options);
  throw std::invalid_argument("there is no program '" + std::string(who) + "'");
}

}  // namespace

stage::stage(std::string_view who, const program_options& options)
    : tested(make_program(who, {loop, hostile, good}, options)),
      bystander_(connect(loop, time_, options_of(elsewhere_, "bystander", {}), true)) {
  for (auto* const broker : {&hostile, &good})
    broker->device = [this, broker](const bench::publish_packet& m) { answer(*broker, m); };
}

/// Runs remaining handlers, which must do nothing.
stage::~stage() {
  tested->shut_down();
  poll();
  tested.reset();
  bystander_.reset();
  poll();
}

void stage::answer(hostile_broker& at, const bench::publish_packet& m) const {
  const auto topic = response_topic_of(m.topic);
  if (!topic.empty()) at.deliver(topic, tested->answer_to(m.topic));
}

void stage::start() {
  bystander_->start(bystander_events_);
  tested->start();
}

void stage::poll() {
  do {
    if (tested) tested->turn();
  } while (loop.context().poll() > 0);
}

std::string stage::welcome() {
  const auto before = tested->outcomes.size();
  if (!run_until([&] { return tested->up() && bystander_events_.ups == 1; })) return "it does not come up";
  tested->ask();
  if (!run_until([&] { return tested->outcomes.size() > before; })) return "a request gets no answer";
  const auto outcome = tested->outcomes.back();
  tested->outcomes.pop_back();
  return outcome == tested->good_outcome() ? "" : "a request gets " + outcome;
}

std::string stage::harm() const {
  if (bystander_events_.downs > 0) return "the link to another broker was lost: " + bystander_events_.why;
  if (elsewhere_.connections() > 1) return "the link to another broker has connected again";
  if (good.connections() > 1) return "the link to the good broker has connected again";
  return tested->leftovers();
}

}  // namespace mqcoap::test
