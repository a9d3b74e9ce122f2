#include <mqcoap/resource/backend/program_check.hpp>

#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/backend/place_check.hpp>
#include <system_error>

namespace mqcoap {

void warn_of_missing(const child_options& program, const resource_site& at) {
  at.services().backends->run_blocking([program, is_service = is_systemd_service(), log = at.services().log,
                                        of = at.device() + ", " + at.path()]() -> std::function<void()> {
    const auto found = find_program(program);
    if (found.error == 0) return [] {};
    auto message = of + ": the program '" + program.argv.front() +
                   "' cannot be run: " + std::generic_category().message(found.error) +
                   drop_in_hint({needed_place::kind::program, program.argv.front()}, found.error, is_service);
    return [log, message = std::move(message)] { log(log_level::warning, message); };
  });
}

}  // namespace mqcoap
