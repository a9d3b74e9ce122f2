#pragma once

#include <memory>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/backend/reading.hpp>
#include <mqcoap/resource/line/instrument.hpp>
#include <mqcoap/resource/line/line.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Makes lines of requests, and values of the lines that come back.
class line_backend final : public backend {
 public:
  line_backend(line_options options, std::shared_ptr<instrument> asked);
  running run(backend_request what, reply_handler done) override;
  /// An answer of an instrument that is no value is a fault behind the gateway (502).
  response_code unreadable() const noexcept override { return response_code::bad_gateway; }

 private:
  const line_template& template_for(method verb) const;
  bool is_answered(method verb, const line_template& by) const;
  reply_handler judged(method verb, reply_handler done) const;

  const std::shared_ptr<const line_options> options_;
  const std::shared_ptr<instrument> asked_;
  /// Finds the numbers by which instruments say that they have none; null: no numbers are read.
  const std::shared_ptr<const reading> numbers_;
};

}  // namespace mqcoap
