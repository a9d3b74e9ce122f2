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

/// Converts requests to lines, and the answers of the instrument to replies.
class line_backend final : public backend {
 public:
  line_backend(line_options options, std::shared_ptr<instrument> via);
  running run(backend_request what, reply_handler done) override;
  /// Returns 502, because an answer that cannot be parsed is an error of the instrument.
  response_code unreadable() const noexcept override { return response_code::bad_gateway; }

 private:
  const line_template& template_for(method verb) const;
  bool is_answered(method verb, const line_template& by) const;
  reply_handler judged(method verb, reply_handler done) const;

  const std::shared_ptr<const line_options> options_;
  const std::shared_ptr<instrument> instrument_;
  /// Parses numbers, to find the special ones that stand for a missing value; null if no numbers are read.
  const std::shared_ptr<const reading> numbers_;
};

}  // namespace mqcoap
