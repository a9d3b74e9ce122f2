#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dice.hpp"
#include "request_text.hpp"

namespace mqcoap::replay {

/// Generates requests of all kinds, valid and invalid, with consecutive ids.
class requests {
 public:
  /// @param first_id  number of the first id
  requests(dice& d, int first_id) : dice_(d), next_id_(first_id) {}

  /// @name Requests to the gateway's own resources
  /// @{
  request_text get();
  request_text put();
  request_text post();
  request_text erase();
  request_text missing();
  request_text conditional();
  request_text discovery();
  request_text document();
  /// @}

  /// @name Requests to other devices
  /// @{
  request_text by_uri();
  request_text by_path();
  request_text mounted();
  request_text served();
  request_text unroutable();
  /// @}

  /// @name Requests with errors
  /// @{
  request_text strange_method();
  request_text strange_option();
  request_text strange_id();
  request_text strange_header();
  request_text strange_body();
  request_text strange_payload();
  request_text strange_path();
  request_text strange_topic();
  request_text large();
  /// @}

  /// Repeats one of the last writes, possibly with differences that matter for running once.
  request_text repeat();
  request_text retained();
  /// Returns a request with a source that may be the gateway's own client id.
  request_text with_source();

  struct parts {
    std::string kind, tag, path;
    std::string method = "\"GET\"";
  };
  /// Returns a request with the common parts.
  /// @param p  must be written in braces, in which random choices are evaluated from left to right; function
  /// arguments have no order
  request_text plain(parts p);
  /// Stores a write for `repeat`.
  void note(const request_text& sent);
  /// Stores the version of an answer.
  void note_etag(std::string_view path, std::string_view etag) { etags_[std::string(path)] = etag; }

 private:
  std::string next_id();
  std::string own_tag();
  /// Sometimes adds options that have little or no effect.
  void add_options(request_text& to);
  std::string etag_of(const std::string& path);
  request_text to_device(std::string kind);

  dice& dice_;
  int next_id_;
  std::vector<request_text> writes_;
  std::map<std::string, std::string> etags_;
};

}  // namespace mqcoap::replay
